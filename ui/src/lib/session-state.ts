import { signal } from "@preact/signals";

/** Whether the server has answered that nobody is logged in; the login form is then shown over the page. */
export const sessionLost = signal(false);
