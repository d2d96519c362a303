"""The NVR API: one module for each resource, with a `router`.

- `surface`: the whole API as a `Surface`; it finds the routers by itself.
- `policy`: who may use which route; `permissions`: how that is checked.
- `error_form`: the bodies of error answers. `event_query`: the filter of `/api/events`.
"""
