/** The pages, by their name in the address. Each is a file of its own, loaded when it is first shown. */
import {
  Activity,
  Clapperboard,
  Cpu,
  FileCog,
  FileVideo,
  History,
  type IconNode,
  ListChecks,
  MonitorPlay,
  Palette,
  ScanFace,
  Search,
  Settings,
  WandSparkles,
} from "lucide";
import type { ComponentType } from "preact";
import type { Word } from "./i18n/i18n";
import { hasEdge } from "./lib/edge";

export interface Page {
  name: string;
  title: Word;
  icon: IconNode;
  load: () => Promise<{ default: ComponentType }>;
  /** Only administrators may use it. */
  admin?: boolean;
  /** Whether its link is there, if that depends. */
  shown?: () => boolean;
  /** Where its link is: in the bar of narrow screens too, only in the wide one, or nowhere. */
  link: "always" | "wide" | "none";
}

export const PAGES: readonly Page[] = [
  {
    name: "",
    title: "nav.live",
    icon: MonitorPlay,
    load: () => import("./pages/live/LivePage"),
    link: "always",
  },
  {
    name: "review",
    title: "nav.review",
    icon: ListChecks,
    load: () => import("./pages/review/ReviewPage"),
    link: "always",
  },
  {
    name: "playback",
    title: "nav.recordings",
    icon: History,
    load: () => import("./pages/playback/PlaybackPage"),
    link: "always",
  },
  {
    name: "explore",
    title: "nav.explore",
    icon: Search,
    load: () => import("./pages/explore/ExplorePage"),
    link: "always",
  },
  {
    name: "export",
    title: "nav.export",
    icon: Clapperboard,
    load: () => import("./pages/exports/ExportsPage"),
    link: "wide",
  },
  {
    name: "files",
    title: "nav.files",
    icon: FileVideo,
    load: () => import("./pages/files/FilesPage"),
    link: "wide",
  },
  {
    name: "edge",
    title: "nav.edge",
    icon: Cpu,
    load: () => import("./pages/edge/EdgePage"),
    link: "wide",
    shown: () => hasEdge.value,
  },
  {
    name: "faces",
    title: "nav.faces",
    icon: ScanFace,
    load: () => import("./pages/faces/FacesPage"),
    admin: true,
    link: "wide",
  },
  {
    name: "settings",
    title: "nav.settings",
    icon: Settings,
    load: () => import("./pages/settings/SettingsPage"),
    link: "wide",
  },
  {
    name: "system",
    title: "nav.system",
    icon: Activity,
    load: () => import("./pages/system/SystemPage"),
    link: "wide",
  },
  {
    name: "wizard",
    title: "nav.wizard",
    icon: WandSparkles,
    load: () => import("./pages/wizard/WizardPage"),
    admin: true,
    link: "none",
  },
  {
    name: "config",
    title: "nav.config",
    icon: FileCog,
    load: () => import("./pages/config/ConfigPage"),
    admin: true,
    link: "none",
  },
  {
    name: "styleguide",
    title: "nav.styleguide",
    icon: Palette,
    load: () => import("./pages/styleguide/StyleguidePage"),
    link: "none",
  },
];
