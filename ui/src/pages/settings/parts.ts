/** The parts of the settings, by their name in the address (`?part=`). Each is a file of its own, loaded when shown. */
import { Bell, Camera, Cpu, FlaskConical, HardDrive, type IconNode, Palette, Users, VectorSquare } from "lucide";
import type { ComponentType } from "preact";
import type { Word } from "../../i18n/i18n";

export interface Part {
  name: string;
  title: Word;
  about: Word;
  icon: IconNode;
  load: () => Promise<{ default: ComponentType }>;
  /** Only administrators may use it. */
  admin: boolean;
}

export const PARTS: readonly Part[] = [
  {
    name: "cameras",
    title: "settings.cameras",
    about: "settings.cameras.about",
    icon: Camera,
    load: () => import("./cameras/CamerasPart"),
    admin: true,
  },
  {
    name: "zones",
    title: "settings.zones",
    about: "settings.zones.about",
    icon: VectorSquare,
    load: () => import("./zones/ZonesPart"),
    admin: true,
  },
  {
    name: "try",
    title: "settings.try",
    about: "settings.try.about",
    icon: FlaskConical,
    load: () => import("./trial/TrialPart"),
    admin: true,
  },
  {
    name: "users",
    title: "settings.users",
    about: "settings.users.about",
    icon: Users,
    load: () => import("./users/UsersPart"),
    admin: false,
  },
  {
    name: "notifications",
    title: "settings.notifications",
    about: "settings.notifications.about",
    icon: Bell,
    load: () => import("./notifications/NotificationsPart"),
    admin: false,
  },
  {
    name: "models",
    title: "settings.models",
    about: "settings.models.about",
    icon: Cpu,
    load: () => import("./models/ModelsPart"),
    admin: true,
  },
  {
    name: "storage",
    title: "settings.storage",
    about: "settings.storage.about",
    icon: HardDrive,
    load: () => import("./storage/StoragePart"),
    admin: true,
  },
  {
    name: "appearance",
    title: "settings.appearance",
    about: "settings.appearance.about",
    icon: Palette,
    load: () => import("./AppearancePart"),
    admin: false,
  },
];
