/** Completion and explanation of keys, from the schema. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { EditorState } from "@codemirror/state";
import { type EditorView, hoverTooltip, type Tooltip } from "@codemirror/view";
import { t } from "../../i18n/i18n";
import { describe, type Known, keysAt, type Schema, valuesAt } from "./schema";
import { keyAt, placeAt, siblings } from "./yamlPath";

const INDENT = 2;

/** What can be typed here. */
export function complete(schema: Schema) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos);
    const lines = linesOf(context.state);
    const row = line.number - 1;
    const place = placeAt(lines, row, context.pos - line.from);
    if (!place || (!place.typed && !context.explicit && place.kind === "key")) return null;
    const from = line.from + place.from;
    const values = valuesAt(schema, place.path).map<Completion>((label) => ({ label, type: "enum" }));
    if (place.kind === "value") return values.length ? { from, options: values, validFor: /^[\w.-]*$/ } : null;
    const taken = siblings(lines, row, place.indent);
    const keys = keysAt(schema, place.path)
      .filter(({ name }) => !taken.has(name))
      .map((known) => keyOption(known, place.indent));
    const options = keys.length ? keys : values;
    return options.length ? { from, options, validFor: /^[\w.-]*$/ } : null;
  };
}

function keyOption(known: Known, indent: number): Completion {
  const below = `\n${" ".repeat(indent + INDENT)}`;
  const after = known.holds === "map" ? `:${below}` : known.holds === "list" ? `:${below}- ` : ": ";
  return {
    label: known.name,
    apply: known.name + after,
    type: "property",
    boost: known.deprecated ? -50 : 0,
    info: () => explained(known),
  };
}

/** What a key means, shown beside it. */
export const explain = (schema: Schema) =>
  hoverTooltip((view: EditorView, pos: number): Tooltip | null => {
    const line = view.state.doc.lineAt(pos);
    const key = keyAt(linesOf(view.state), line.number - 1);
    if (!key || pos < line.from + key.from || pos > line.from + key.to) return null;
    const known = describe(schema, key.path);
    if (!known) return null;
    return {
      pos: line.from + key.from,
      end: line.from + key.to,
      above: true,
      create: () => ({ dom: explained(known) }),
    };
  });

function explained(known: Known): HTMLElement {
  const box = document.createElement("div");
  box.className = "explained";
  const add = (tag: string, text: string) => {
    if (!text) return;
    const element = document.createElement(tag);
    element.textContent = text;
    box.append(element);
  };
  add("strong", known.name);
  add("p", known.description);
  add("p", known.form);
  if (known.otherwise !== null) add("p", t("config.default", { value: known.otherwise }));
  if (known.deprecated) add("p", t("config.deprecated"));
  return box;
}

const cache = new WeakMap<object, string[]>();

function linesOf(state: EditorState): string[] {
  const found = cache.get(state.doc) ?? state.doc.toString().split("\n");
  cache.set(state.doc, found);
  return found;
}
