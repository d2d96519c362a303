"""Tells users of review items when nobody looks: browsers by web push, others by Apprise (docs/notifications.md).

- `settings`: what the configuration says. `occasions`: which messages about review items are told, and how they read.
- `devices`: the browsers, in the database and in memory. `subscription`: what a browser brings; `endpoints`: where
  messages may be sent. `vapid`: the key that push services know us by.
- `web_push`: encrypts and sends one message. `channels`: sends one through Apprise.
- `delivery`: queues, repetitions, and who is slow delays nobody. `notifier`: puts these together.

Nothing here is loaded before it is needed: while nobody is registered and no channel is configured, a message about a
review item costs one comparison.
"""
