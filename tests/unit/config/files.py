"""Configuration files of the kind that people have, one of each generation of `record`."""

OLDEST = """\
mqtt:
  host: 192.168.1.5
  user: frigate
  password: "{FRIGATE_MQTT_PASSWORD}"
database:
  path: /config/frigate.db
detectors:
  coral:
    type: edgetpu
    device: usb
model:
  path: /edgetpu_model.tflite
  labelmap_path: /labelmap.txt
  labelmap:
    2: vehicle
ffmpeg:
  hwaccel_args: preset-vaapi
  output_args:
    record: preset-record-generic-audio-copy
rtmp:
  enabled: false
ui:
  use_experimental: false
  live_mode: mse
  strftime_fmt: "%Y/%m/%d %H:%M"
record: &record
  enabled: True
  sync_recordings: true
  expire_interval: 120
  retain:
    days: 3
    mode: motion
  events:
    pre_capture: 8
    post_capture: 9
    objects:
      - person
    retain:
      default: 14
      mode: active_objects
      objects:
        person: 30
snapshots:
  enabled: yes
  clean_copy: true
  retain:
    default: 21
    objects:
      person: 60
objects:
  track:
    - person
    - car
  filters:
    person:
      min_area: 5000
      threshold: 0.75
cameras:
  front:
    ffmpeg:
      inputs:
        - path: rtsp://{FRIGATE_USER}:{FRIGATE_PW}@192.168.1.20:554/main
          roles:
            - record
            - rtmp
        - path: rtsp://{FRIGATE_USER}:{FRIGATE_PW}@192.168.1.20:554/sub
          input_args: -rtsp_transport udp -stimeout 5000000 -avoid_negative_ts make_zero
          roles:
            - detect
    rtmp:
      enabled: true
    live:
      stream_name: front_hd
    detect:
      width: 640
      height: 360
      fps: 5
    motion:
      mask:
        - 0,0,320,0,320,36,0,36
        - 0,340,640,340,640,360,0,360
    objects:
      mask: 0,0,640,0,640,18
      filters:
        person:
          mask: 64,36,128,36,128,72
    zones:
      porch:
        coordinates: 64,180,576,180,576,360,64,360
        objects: person
    record:
      events:
        required_zones:
          - porch
    snapshots:
      required_zones: [porch]
  back:
    ffmpeg:
      inputs:
        - path: rtsp://192.168.1.21/main
    detect:
      enabled: false
    record:
      retain:
        mode: all
    onvif:
      host: 192.168.1.21
      user: admin
      password: 0123
"""

MIDDLE = """\
version: 0.15-1
mqtt:
  enabled: false
detectors:
  ov:
    type: openvino
    device: GPU
semantic_search:
  enabled: true
  reindex: false
genai:
  enabled: true
  provider: gemini
  api_key: "{FRIGATE_GENAI_KEY}"
go2rtc:
  streams:
    drive:
      - rtsp://u:p@192.168.1.30/main
      - "ffmpeg:drive#audio=opus"
    drive_sub: rtsp://u:p@192.168.1.30/sub
  webrtc:
    candidates:
      - 192.168.1.2:8555
birdseye:
  enabled: true
  restream: true
  mode: continuous
detect:
  enabled: true
record:
  enabled: true
  retain:
    days: 7
    mode: all
  alerts:
    retain:
      days: 30
      mode: motion
  detections:
    retain:
      days: 14
      mode: motion
review:
  alerts:
    labels: [person, car]
cameras:
  drive:
    ffmpeg:
      inputs:
        - path: rtsp://127.0.0.1:8554/drive
          input_args: preset-rtsp-restream
          roles: [record, audio]
        - path: rtsp://127.0.0.1:8554/drive_sub
          input_args: preset-rtsp-restream
          roles: [detect]
    audio:
      enabled: true
      listen: [bark]
    detect: {width: 1280, height: 720}
    motion:
      mask: 0.01,0.02,0.3,0.02,0.3,0.06,0.01,0.06
    zones:
      street:
        coordinates: 0.1,0.1,0.9,0.1,0.9,0.5,0.1,0.5
        distances: 10,20,10,20
        speed_threshold: 5
    genai: {}
camera_groups:
  Outside:
    order: 1
    icon: LuCar
    cameras: [drive, birdseye]
"""

NEWEST = """\
version: 0.17-0
mqtt: {enabled: false}
auth:
  roles:
    family: [yard]
  failed_login_rate_limit: "1/second;5/minute;20/hour"
  trusted_proxies: [172.18.0.0/16]
proxy:
  header_map:
    user: X-Forwarded-User
    role: x-forwarded-groups
    role_map:
      admin: [sysadmins]
tls:
  enabled: false
lpr:
  enabled: true
  known_plates:
    Alice: [ABC-1234]
face_recognition:
  enabled: true
classification:
  bird:
    enabled: true
telemetry:
  stats:
    amd_gpu_stats: false
detect:
  enabled: true
record:
  enabled: true
  continuous:
    days: 2
  motion:
    days: 5
  alerts:
    pre_capture: 10
    retain: {days: 20, mode: all}
  export:
    hwaccel_args: preset-vaapi
  preview:
    quality: high
cameras:
  yard:
    friendly_name: The yard
    ffmpeg:
      inputs:
        - path: rtsp://10.0.0.9/s
    motion:
      mask:
        tree: {friendly_name: Tree, enabled: true, coordinates: "0,0,0.1,0,0.1,0.1"}
        sky: {enabled: false, coordinates: "0,0,1,0,1,0.1"}
    profiles:
      night: {}
"""

ENV = {
    "FRIGATE_MQTT_PASSWORD": "mqtt-secret",
    "FRIGATE_USER": "viewer",
    "FRIGATE_PW": "cam-secret",
    "FRIGATE_GENAI_KEY": "genai-secret",
}
SMALL = """\
cameras:
  front:
    ffmpeg:
      inputs:
        - path: rtsp://10.0.0.2/main
"""
