import { render } from "preact";
import { startPage } from "./act-as.ts";
import { App } from "./app.tsx";
import { applyTheme, readTheme } from "./theme.ts";

applyTheme(readTheme());
startPage();
const root = document.querySelector("#page");
if (root) render(<App />, root);
