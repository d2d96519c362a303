"""Two-way audio: the sound of a browser's microphone, sent to the loudspeaker of a camera.

The browser sends it over WebRTC, in the connection in which it plays the camera. It goes to the camera over an RTSP
connection of its own, which the camera offers as a backchannel (ONVIF Streaming Specification, section 5.3). All of it
is in the core, where the browser's sound arrives: a talk is rare and short, costs about as much as one player, and has
nothing in common with the connection that is recorded, which must not suffer from it.
"""
