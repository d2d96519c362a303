"""What is seen now: newest pictures, live streams, and what is drawn on pictures.

- `pictures`: the newest picture of each camera, cached, and motion JPEG; `encoding`, `drawing`: how one is made.
- `streams`: who watches which input; `feeds`: one input's fragments and its viewers; `fragments`: a viewer's own
  timeline; `stream_names`: which camera and input a name means.
- `encoded`: outputs that a process encodes; `encoder_pictures`: what such a process is told to encode;
  `transcoding`: passes a camera's packets on to it; `birdseye`: one picture of several cameras.
- `rtsp`: streams for programs that speak no HTTP.
"""
