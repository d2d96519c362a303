import { render } from "preact";
import "./style/tokens.css";
import "./style/base.css";
import "./style/layout.css";
import "./style/components.css";
import { App } from "./App";
import { wordsLoaded } from "./i18n/i18n";

void wordsLoaded.then(() => render(<App />, document.getElementById("app") as HTMLElement));
