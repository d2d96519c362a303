/** What takes space on the disks, as `GET /api/storage` tells it. Sizes are bytes. */
export interface CameraUse {
  recordings_bytes: number;
  snapshots_bytes: number;
  thumbnails_bytes: number;
  previews_bytes: number;
  exports_bytes: number;
  total_bytes: number;
  bytes_per_hour: number;
  configured: boolean;
}

export interface Disk {
  path: string;
  holds: string[];
  total_bytes: number;
  free_bytes: number;
  used_bytes: number;
}

export interface StorageUse {
  measured_at: number;
  kinds: Record<string, { bytes: number; files: number }>;
  cameras: Record<string, CameraUse>;
  disks: Disk[];
  floor_bytes: number;
  growth_bytes_per_day: number | null;
  full_in_days: number | null;
}

export interface Deletion {
  id: number;
  time: number;
  camera: string;
  start_time: number;
  end_time: number;
  segments: number;
  size_bytes: number;
  reason: string;
  text: string;
  detail: string | null;
}

/** Shares of a whole, the largest first; what is smaller than `least` of it is one share at the end. */
export function shares(parts: Record<string, number>, least = 0.01): { name: string; bytes: number; share: number }[] {
  const whole = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  if (!whole) return [];
  const all = Object.entries(parts)
    .filter(([, bytes]) => bytes > 0)
    .map(([name, bytes]) => ({ name, bytes, share: bytes / whole }))
    .sort((a, b) => b.bytes - a.bytes);
  const large = all.filter(({ share, name }) => share >= least && name !== "other");
  const rest = all.filter((one) => !large.includes(one)).reduce((sum, { bytes }) => sum + bytes, 0);
  return rest ? [...large, { name: "other", bytes: rest, share: rest / whole }] : large;
}
