/** The editor's looks, of the page's tokens. It stands in a shadow root, so that its styles need no element of their own. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const looks = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--surface-1)", fontSize: "var(--text-2)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": {
    backgroundColor: "var(--surface-1)",
    color: "var(--text-faint)",
    border: "none",
    borderRight: "1px solid var(--border)",
  },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--surface-2) 60%, transparent)",
  },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft) !important",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--surface-3) !important" },
  ".cm-tooltip, .cm-panels": {
    backgroundColor: "var(--surface-1)",
    color: "var(--text)",
    border: "1px solid var(--border)",
    borderRadius: "var(--radius-2)",
    boxShadow: "var(--shadow-2)",
    fontSize: "var(--text-2)",
  },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 8px", lineHeight: "1.5" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionInfo": { maxWidth: "340px", padding: "0" },
  ".explained": { maxWidth: "360px", padding: "8px 12px", fontFamily: "var(--font)" },
  ".explained p": { margin: "4px 0 0", color: "var(--text-soft)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--alert)",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--detection)",
    textUnderlineOffset: "3px",
  },
  ".cm-diagnostic": { fontFamily: "var(--font)", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--alert)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--detection)" },
  ".cm-panel.cm-search": { fontFamily: "var(--font)" },
  ".cm-textfield": {
    backgroundColor: "var(--surface-1)",
    border: "1px solid var(--border-strong)",
    borderRadius: "var(--radius-1)",
    color: "var(--text)",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface-2)",
    border: "1px solid var(--border)",
    borderRadius: "var(--radius-1)",
    color: "var(--text)",
  },
  ".cm-deletedChunk": { backgroundColor: "var(--alert-soft)" },
  ".cm-changedLine, .cm-insertedLine": { backgroundColor: "var(--good-soft) !important" },
  ".cm-changedText": { background: "color-mix(in srgb, var(--good) 28%, transparent) !important" },
  ".cm-deletedText": { background: "color-mix(in srgb, var(--alert) 28%, transparent) !important" },
  ".cm-collapsedLines": { background: "var(--surface-2)", color: "var(--text-soft)", fontFamily: "var(--font)" },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: '"\\22EF"' },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--sensor)" },
  { tag: tags.content, color: "var(--text)" },
  { tag: tags.comment, color: "var(--text-faint)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--text-soft)" },
  { tag: [tags.labelName, tags.typeName, tags.meta], color: "var(--detection)" },
]);

export const theme = [looks, syntaxHighlighting(colours)];
