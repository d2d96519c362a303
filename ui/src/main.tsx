import { render } from "preact";
import "./style/tokens.css";
import "./style/base.css";
import "./style/layout.css";
import "./style/components.css";
import { App } from "./App";

render(<App />, document.getElementById("app") as HTMLElement);
