export interface Device {
  id: string;
  name: string;
  user: string;
  service: string;
  created_at: number;
  /** When the push service took a message last. */
  delivered_at: number | null;
  failed_at: number | null;
  error: string | null;
}

export interface CameraState {
  enabled: boolean;
  /** Epoch seconds; 0 if they are not suspended. */
  suspended_until: number;
  cooldown: number;
}
