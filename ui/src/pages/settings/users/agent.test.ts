import { expect, test } from "vitest";
import { agentName } from "./agent";

test("names browsers and systems", () => {
  expect(agentName("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")).toBe("Firefox, Linux");
  expect(
    agentName(
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Version/18.4 Mobile/15E148 Safari/604.1",
    ),
  ).toBe("Safari, iPhone");
  expect(agentName("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0")).toBe(
    "Edge, Windows",
  );
  expect(agentName("curl/8.5.0")).toBe("curl/8.5.0");
  expect(agentName("")).toBe("?");
});
