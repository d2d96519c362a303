import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";
import { compressed } from "./build/compress.ts";
import pages from "./pages.json" with { type: "json" };

const built = fileURLToPath(new URL("../src/dogwatch/ui", import.meta.url));

// In development everything goes to a running Dogwatch but the page itself and what the development server answers.
const own = [
  "@",
  "src/",
  "node_modules/",
  "icons/",
  "index\\.html",
  "manifest\\.webmanifest",
  "sw\\.js",
  "pages\\.json",
];
const foreign = `^/(?!$|\\?|(?:${own.join("|")})|(?:${pages.join("|")})(?:\\?|$))`;

export default defineConfig({
  base: "./",
  // The server puts a nonce of its own into each answer, for the style sheets that CodeMirror makes.
  html: { cspNonce: "DOGWATCH_NONCE" },
  plugins: [preact({ reactAliasesEnabled: false, devToolsEnabled: false }), compressed(built)],
  build: {
    outDir: built,
    emptyOutDir: true,
    target: ["es2022", "safari16"],
    manifest: true,
    // What it adds is an inline script, which the page's policy refuses; browsers of the target know the real thing.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      [foreign]: { target: process.env.DOGWATCH_URL ?? "http://127.0.0.1:5000", ws: true },
    },
  },
});
