"""WebRTC: the packets of a camera to browsers, without transcoding the video.

- `offers`: what is taken of a browser's offer, and what the answer says; text in, text out.
- `connections`: who is connected, and the limits; `peer`: one connection, by aiortc, which the first one loads.
- `tracks`, `sound`: what aiortc sends; `rtp_clock`: a viewer's RTP times; `ice_port`: the one UDP port of all peers;
  `settings`: what the configuration says.
"""
