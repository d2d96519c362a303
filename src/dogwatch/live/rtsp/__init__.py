"""The RTSP server: streams as the cameras send them, for programs that do not speak HTTP.

- `server`: listens, and knows every connection; `connection`: one client and its requests; `session`: what it plays.
- `requests`, `answers`: the text of the protocol; `transport`: how packets are to be sent; `sdp`: what a stream is.
- `login`: who asks; `digest`: the login that does not show the password.
- `restream`: one stream as RTP, packetised once for all; `readers`: who gets it, over TCP or UDP; `udp`: the sockets.

Source: RFC 2326 for all of it, unless a module names another one.
"""
