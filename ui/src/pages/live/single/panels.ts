/** What can be open beside the picture. */
export const PANELS = ["ptz", "overlays", "stream", "switches"] as const;
export type Panel = (typeof PANELS)[number];

/** Return the panel of that name. */
export const panelOf = (name: string | null): Panel | null => PANELS.find((one) => one === name) ?? null;
