"""Every section of contract section 19 at once, as published reference files of this family write it."""

REFERENCE = """\
version: 0.16-0
mqtt:
  enabled: True
  host: mqtt.example.org
  port: 1883
  topic_prefix: frigate
  client_id: frigate
  user: "{FRIGATE_MQTT_USER}"
  password: "{FRIGATE_MQTT_PASSWORD}"
  tls_ca_certs: /path/to/ca.crt
  tls_client_cert: /path/to/client.crt
  tls_client_key: /path/to/client.key
  tls_insecure: false
  stats_interval: 60
  qos: 0
detectors:
  coral: {type: cpu, num_threads: 3}
database: {path: /config/frigate.db}
tls: {enabled: True}
networking:
  ipv6: {enabled: False}
  listen: {internal: 5000, external: 8971}
proxy:
  header_map: {user: x-forwarded-user, role: x-forwarded-groups, role_map: {admin: [sysadmins], viewer: [staff]}}
  logout_url: /api/logout
  auth_secret: secret
  default_role: viewer
  separator: ","
auth:
  enabled: True
  reset_admin_password: False
  cookie_name: frigate_token
  cookie_secure: False
  session_length: 86400
  refresh_time: 43200
  failed_login_rate_limit: None
  trusted_proxies: []
  hash_iterations: 600000
  roles: {family: [back]}
  admin_first_time_login: false
model:
  path: /edgetpu_model.tflite
  labelmap_path: /labelmap.txt
  width: 320
  height: 320
  input_pixel_format: rgb
  input_tensor: nhwc
  input_dtype: int
  model_type: ssd
  labelmap: {2: vehicle}
  attributes_map: {person: [amazon, face], car: [amazon, fedex, license_plate, ups]}
audio:
  enabled: False
  max_not_heard: 30
  min_volume: 500
  listen: [bark, fire_alarm, scream, speech, yell]
  filters: {speech: {threshold: 0.8}}
  num_threads: 2
logger: {default: info, logs: {frigate.event: debug}}
environment_vars: {EXAMPLE_VAR: value, NUMBER: 5}
birdseye:
  enabled: True
  restream: False
  width: 1280
  height: 720
  quality: 8
  mode: objects
  inactivity_threshold: 30
  layout: {scaling_factor: 2.0, max_cameras: 1}
  idle_heartbeat_fps: 0
ffmpeg:
  path: "default"
  global_args: -hide_banner -loglevel warning -threads 2
  hwaccel_args: "auto"
  input_args: preset-rtsp-generic
  output_args: {detect: -threads 2 -f rawvideo -pix_fmt yuv420p, record: preset-record-generic}
  retry_interval: 10
  apple_compatibility: false
  gpu: 0
detect:
  enabled: False
  width: 1280
  height: 720
  fps: 5
  min_initialized: 2
  max_disappeared: 25
  stationary: {interval: 50, threshold: 50, max_frames: {default: 3000, objects: {person: 1000}}, classifier: true}
  annotation_offset: -250
objects:
  track: [person]
  mask: 0.000,0.000,0.781,0.000,0.781,0.278,0.000,0.278
  filters:
    person:
      min_area: 5000
      max_area: 100000
      min_ratio: 0.5
      max_ratio: 2.0
      min_score: 0.5
      threshold: 0.7
      mask: 0.000,0.000,0.781,0.000,0.781,0.278,0.000,0.278
  genai: {enabled: false, objects: [person], send_triggers: {tracked_object_end: True, after_significant_updates: None}}
review:
  alerts: {enabled: True, labels: [car, person], cutoff_time: 40}
  detections: {enabled: True, labels: [car, person], cutoff_time: 30}
  genai: {enabled: false, alerts: true, image_source: preview}
motion:
  enabled: True
  threshold: 30
  lightning_threshold: 0.8
  skip_motion_threshold: None
  contour_area: 10
  delta_alpha: 0.2
  frame_alpha: 0.01
  frame_height: 100
  mask: 0.000,0.469,1.000,0.469,1.000,1.000,0.000,1.000
  improve_contrast: True
  mqtt_off_delay: 30
notifications: {enabled: False, email: "admin@example.com", cooldown: 0}
record:
  enabled: False
  expire_interval: 60
  sync_recordings: False
  retain: {days: 0, mode: all}
  export: {timelapse_args: "-vf setpts=0.04*PTS -r 30", hwaccel_args: auto, max_concurrent: 3, chapters: review_items}
  preview: {quality: medium}
  alerts: {pre_capture: 5, post_capture: 5, retain: {days: 14, mode: motion}}
  detections: {pre_capture: 5, post_capture: 5, retain: {days: 14, mode: motion}}
snapshots:
  enabled: False
  clean_copy: True
  timestamp: False
  bounding_box: True
  crop: False
  height: 175
  required_zones: []
  retain: {default: 10, objects: {person: 15}}
  quality: 70
semantic_search: {enabled: False, reindex: False, model: "jinav1", model_size: "small", device: None}
face_recognition: {enabled: False, unknown_score: 0.8, min_area: 500, save_attempts: 100, model_size: small}
lpr: {enabled: False, device: CPU, format: None, known_plates: {}, replace_rules: [{pattern: "0", replacement: "O"}]}
genai: {enabled: False, provider: ollama, base_url: "http://localhost::11434", api_key: "{FRIGATE_GENAI_API_KEY}"}
classification: {bird: {enabled: false, threshold: 0.9}, custom: {door: {threshold: 0.8, state_config: {motion: true}}}}
audio_transcription: {enabled: false, language: en, device: CPU, model_size: small, live_enabled: false}
profiles: {night: {friendly_name: Night}}
go2rtc:
  streams: {back: ["rtsp://10.0.10.10:554/cam", "ffmpeg:back#audio=opus"], empty: }
  webrtc: {candidates: ["192.168.1.2:8555", "stun:8555"]}
  rtsp: {username: u, password: p}
  rtmp: {listen: ":1935"}
  ngrok: {command: ngrok}
  log: {level: info}
live: {streams: {main_stream: back, sub_stream: back}, height: 720, quality: 8}
timestamp_style:
  position: "tl"
  format: "%m/%d/%Y %H:%M:%S"
  color: {red: 255, green: 255, blue: 255}
  thickness: 2
  effect: None
cameras:
  back:
    enabled: True
    friendly_name: Back yard
    type: "generic"
    ffmpeg:
      inputs:
        - path: rtsp://viewer:{FRIGATE_RTSP_PASSWORD}@10.0.10.10:554/cam/realmonitor?channel=1&subtype=2
          roles: [audio, detect, record]
          global_args: -hide_banner
          hwaccel_args: preset-vaapi
          input_args: preset-rtsp-generic
    best_image_timeout: 60
    webui_url: ""
    zones:
      front_steps:
        coordinates: 0.033,0.306,0.324,0.138,0.439,0.185,0.042,0.428
        distances: 10,15,12,11
        inertia: 3
        loitering_time: 0
        objects: [person]
        filters: {person: {min_area: 5000, max_area: 100000, threshold: 0.7}}
    review: {alerts: {required_zones: [front_steps]}}
    mqtt: {enabled: True, timestamp: True, bounding_box: True, crop: True, height: 270, quality: 70, required_zones: []}
    ui: {order: 0, dashboard: True, review: True}
    onvif:
      host: 0.0.0.0
      port: 8000
      user: admin
      password: admin
      tls_insecure: False
      profile: None
      ignore_time_mismatch: False
      autotracking:
        enabled: False
        calibrate_on_startup: False
        zooming: disabled
        zoom_factor: 0.3
        track: [person]
        required_zones: [front_steps]
        return_preset: home
        timeout: 10
        movement_weights: []
    birdseye: {enabled: True, mode: objects, order: 0}
    genai: {enabled: False, use_snapshot: False}
    semantic_search: {triggers: {car: {enabled: true, type: thumbnail, data: x, threshold: 0.5, actions: []}}}
    face_recognition: {enabled: false, min_area: 500}
    lpr: {enabled: false, expire_time: 3, min_area: 500, enhancement: 3}
    audio_transcription: {enabled: false, live_enabled: false}
    notifications: {enabled: false, cooldown: 0}
    profiles: {night: {detect: {enabled: false}}}
ui:
  timezone: America/Denver
  use_experimental: False
  live_mode: mse
  time_format: browser
  date_style: short
  time_style: medium
  strftime_fmt: "%Y/%m/%d %H:%M"
  unit_system: metric
telemetry:
  network_interfaces: [eth, enp, eno, ens, wl, lo]
  stats: {amd_gpu_stats: True, intel_gpu_stats: True, intel_gpu_device: None, network_bandwidth: False}
  version_check: True
camera_groups: {front: {cameras: [front_cam, back], icon: LuCar, order: 0}}
"""
REFERENCE_ENV = {
    name: name.lower()
    for name in ("FRIGATE_MQTT_USER", "FRIGATE_MQTT_PASSWORD", "FRIGATE_GENAI_API_KEY", "FRIGATE_RTSP_PASSWORD")
}
