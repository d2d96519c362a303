"""Cameras that speak ONVIF: finding them, asking what they have, turning them, and following objects (docs/ptz.md).

- `discovery`: who answers on the network (WS-Discovery).
- `device`: one camera, with its requests; `soap_answers`: bounds of its answers; `ptz_features`: what they mean;
  `probing`: streams, and a proposal for the configuration.
- `moves`: what users and programs may ask for, as text. `ptz_cameras`: carries orders out, each camera by itself.
- `following`: decides how to move to keep an object in the middle; pure. `autotracker`: does so with what analysis
  sees.

All requests run in the event loop of a thread of its own (`soap_thread`), which begins with the first of them: the
library takes a second and 40 MiB to load, and much processor time for each answer.
"""
