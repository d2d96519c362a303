// Made by `make ui-types` from the nvr OpenAPI document with SHA-256 bcc3475cbe95c68f895470159603646d3dcabc9dc0593499f92604e4950999fe; not to be edited.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{camera}/start/{start}/end/{end}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Range Preview
         * @description Return a range in little.
         */
        get: operations["range_preview__camera__start__start__end__end__preview_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{camera}/start/{start}/end/{end}/preview.gif": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Range Gif
         * @description Return a range as a looping GIF.
         */
        get: operations["range_gif__camera__start__start__end__end__preview_gif_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{camera}/start/{start}/end/{end}/preview.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Range Mp4
         * @description Return a range as a short video.
         */
        get: operations["range_mp4__camera__start__start__end__end__preview_mp4_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{camera}/start/{start}/end/{end}/preview.webp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Range Webp
         * @description Return a range as a looping WebP.
         */
        get: operations["range_webp__camera__start__start__end__end__preview_webp_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Say that the server runs.
         */
        get: operations["health_api__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mjpeg
         * @description Stream a camera as motion JPEG.
         */
        get: operations["mjpeg_api__camera__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/{label}/best.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Latest Thumbnail
         * @description Return the thumbnail of the latest event with this label, black without one.
         */
        get: operations["latest_thumbnail_api__camera___label__best_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/{label}/clip.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Latest Clip
         * @description Return the clip of the latest event with this label that has one.
         */
        get: operations["latest_clip_api__camera___label__clip_mp4_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/{label}/snapshot.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Latest Snapshot
         * @description Return the snapshot of the latest event with this label that has one, black without.
         */
        get: operations["latest_snapshot_api__camera___label__snapshot_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/{label}/thumbnail.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Latest Thumbnail
         * @description Return the thumbnail of the latest event with this label, black without one.
         */
        get: operations["latest_thumbnail_api__camera___label__thumbnail_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/camera_health/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept View
         * @description Take a camera's scene as it is now for usual, as the message `<camera>/camera_health/accept` does.
         */
        post: operations["accept_view_api__camera__camera_health_accept_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/false_places": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Places
         * @description Return the places of a camera, those that ask for most evidence first.
         */
        get: operations["places_api__camera__false_places_get"];
        put?: never;
        post?: never;
        /**
         * Forget
         * @description Forget the places, or those of one label, and learn them anew.
         */
        delete: operations["forget_api__camera__false_places_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/false_places.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Picture
         * @description Return the newest picture of a camera with the places on it.
         */
        get: operations["picture_api__camera__false_places_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/grid.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Grid
         * @description Return the newest picture of a camera with the sizes learnt of each part of it.
         */
        get: operations["grid_api__camera__grid_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/latest.{extension}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Latest
         * @description Return the newest picture of a camera, or one that says that there is none.
         */
        get: operations["latest_api__camera__latest__extension__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/plus/{frame_time}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit Frame
         * @description Send a recorded frame, of which nothing is known.
         */
        post: operations["submit_frame_api__camera__plus__frame_time__post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/ptz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Order Ptz
         * @description Have a camera turn, as the message `<camera>/ptz` does.
         */
        post: operations["order_ptz_api__camera__ptz_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/ptz/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ptz Info
         * @description Tell what a camera that turns can do; nothing if it does not, or does not answer.
         */
        get: operations["ptz_info_api__camera__ptz_info_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Segments
         * @description Return the segments that overlap a range, oldest first; the last hour if none is given.
         */
        get: operations["list_segments_api__camera__recordings_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/recordings/{frame_time}/snapshot.{extension}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Still
         * @description Return the recorded picture of a moment.
         */
        get: operations["still_api__camera__recordings__frame_time__snapshot__extension__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/recordings/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Summary
         * @description Return days and hours with recordings, newest first.
         */
        get: operations["summary_api__camera__recordings_summary_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/region_grid": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Forget
         * @description Forget the sizes, and learn them anew.
         */
        delete: operations["forget_api__camera__region_grid_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/search/motion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin Search
         * @description Search what is known of the recordings at once, and queue a look at the footage.
         */
        post: operations["begin_search_api__camera__search_motion_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/search/motion/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Results
         * @description Return what a search has found so far.
         */
        get: operations["search_results_api__camera__search_motion__job_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/search/motion/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Search
         * @description End a search.
         */
        post: operations["cancel_search_api__camera__search_motion__job_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/start/{start}/end/{end}/clip.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Range Clip
         * @description Return a range as one MP4 file; more than a day as a stream, whose length is not known before.
         */
        get: operations["range_clip_api__camera__start__start__end__end__clip_mp4_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/start/{start}/end/{end}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Range Preview
         * @description Return a range in little.
         */
        get: operations["range_preview_api__camera__start__start__end__end__preview_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/start/{start}/end/{end}/preview.gif": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Range Gif
         * @description Return a range as a looping GIF.
         */
        get: operations["range_gif_api__camera__start__start__end__end__preview_gif_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/start/{start}/end/{end}/preview.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Range Mp4
         * @description Return a range as a short video.
         */
        get: operations["range_mp4_api__camera__start__start__end__end__preview_mp4_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/start/{start}/end/{end}/preview.webp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Range Webp
         * @description Return a range as a looping WebP.
         */
        get: operations["range_webp_api__camera__start__start__end__end__preview_webp_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listed
         * @description Return what was tried for a camera, newest first.
         */
        get: operations["listed_api__camera__try_get"];
        put?: never;
        /**
         * Begin
         * @description Try settings on recordings.
         */
        post: operations["begin_api__camera__try_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/try/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Found
         * @description Return what has come of it.
         */
        get: operations["found_api__camera__try__job_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/try/{job_id}/{event}.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Thumbnail
         * @description Return the picture of an event of a result.
         */
        get: operations["thumbnail_api__camera__try__job_id___event__jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{camera}/try/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel
         * @description End it.
         */
        post: operations["cancel_api__camera__try__job_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audio_labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Audio Labels
         * @description Return the sounds that the configured model tells apart, by number; none without a model.
         */
        get: operations["audio_labels_api_audio_labels_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audio/transcribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Refuse */
        put: operations["refuse_api_audio_transcribe_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Verdict
         * @description Tell a proxy in front who the caller is, and whether the caller may request `X-Original-URL` (or `-URI`).
         */
        get: operations["verdict_api_auth_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/first_time_login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * First Time Login
         * @description Tell the login page whether to say where the first password is to be found.
         */
        get: operations["first_time_login_api_auth_first_time_login_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Methods
         * @description Tell the page how one can log in, and where one logs out if that is elsewhere.
         */
        get: operations["methods_api_auth_methods_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/birdseye": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Birdseye
         * @description Return the `birdseye` section of the configuration.
         */
        get: operations["birdseye_api_birdseye_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/camera/{camera}/best.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Best Of Camera
         * @description Return the thumbnail of the camera's latest event.
         */
        get: operations["best_of_camera_api_camera__camera__best_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/camera/{camera}/latest.{extension}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Latest Alias
         * @description Same as `/api/{camera}/latest.{extension}`.
         */
        get: operations["latest_alias_api_camera__camera__latest__extension__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/camera/{camera}/set/{feature}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Switch
         * @description Set a switch of a camera, or of every one with `*`.
         */
        put: operations["set_switch_api_camera__camera__set__feature__put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/camera/{camera}/set/{feature}/{item}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Switch Of Item
         * @description Set the switch of a zone or mask of a camera, or of every one with `*`.
         */
        put: operations["set_switch_of_item_api_camera__camera__set__feature___item__put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/camera/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Notifications
         * @description Tell for each camera whether notifications are on, until when they are suspended, and how often they come.
         */
        get: operations["notifications_api_camera_notifications_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cameras/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Camera
         * @description Take a camera out of the configuration, and delete what was kept of it in a job.
         */
        delete: operations["delete_camera_api_cameras__name__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Cases
         * @description Return all cases, the newest first; limited roles get those that hold exports of their cameras.
         */
        get: operations["list_cases_api_cases_get"];
        put?: never;
        /**
         * Add Case
         * @description Make a case.
         */
        post: operations["add_case_api_cases_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{case_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One Case
         * @description Return one case.
         */
        get: operations["one_case_api_cases__case_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Case
         * @description Delete a case, and its exports with `delete_exports`; otherwise they stay without a case.
         */
        delete: operations["delete_case_api_cases__case_id__delete"];
        options?: never;
        head?: never;
        /**
         * Change Case
         * @description Change a case's name or description.
         */
        patch: operations["change_case_api_cases__case_id__patch"];
        trace?: never;
    };
    "/api/cases/{case_id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download Case
         * @description Return the files of a case's exports as one ZIP file, made while it is sent.
         */
        get: operations["download_case_api_cases__case_id__download_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat/completion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Chat
         * @description Refuse a chat, in the form of its own errors.
         */
        post: operations["chat_api_chat_completion_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_chat_execute_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find */
        get: operations["find_api_chat_tools_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Refuse */
        delete: operations["refuse_api_classification__model__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/{model}/dataset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Refuse */
        get: operations["refuse_api_classification__model__dataset_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/{model}/dataset/{category}/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_classification__model__dataset__category__create_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/{model}/dataset/{category}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_classification__model__dataset__category__delete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/{model}/dataset/{category}/reclassify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_classification__model__dataset__category__reclassify_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/{model}/dataset/{category}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Refuse */
        put: operations["refuse_api_classification__model__dataset__category__rename_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/{model}/dataset/categorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_classification__model__dataset_categorize_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/{model}/train": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Refuse */
        get: operations["refuse_api_classification__model__train_get"];
        put?: never;
        /** Refuse */
        post: operations["refuse_api_classification__model__train_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/{model}/train/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_classification__model__train_delete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find */
        get: operations["find_api_classification_attributes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/generate_examples/object": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_classification_generate_examples_object_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/classification/generate_examples/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_classification_generate_examples_state_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clips/{camera}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clips
         * @description Return the camera's events that have a clip.
         */
        get: operations["clips_api_clips__camera__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clips/{camera}/{event_id}.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Camera Clip
         * @description Return the recording of an event of this camera, as a download.
         */
        get: operations["camera_clip_api_clips__camera___event_id__mp4_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Config
         * @description Return the configuration in force, with all defaults, without secrets, of the caller's cameras.
         */
        get: operations["config_api_config_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply
         * @description Read the file again and put it in force, as `dogwatch reload` does.
         */
        post: operations["apply_api_config_apply_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check
         * @description Tell every mistake in the body as a configuration file, what would be ignored, and what it would change.
         */
        post: operations["check_api_config_check_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/forecast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cost
         * @description Return what recordings would take in the end with the configuration in force, or with changes of it.
         */
        post: operations["cost_api_config_forecast_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/raw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Raw
         * @description Return the text of the configuration file, as a JSON string.
         */
        get: operations["raw_api_config_raw_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/raw_paths": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Raw Paths
         * @description Return the addresses of all inputs and streams with their user names and passwords.
         */
        get: operations["raw_paths_api_config_raw_paths_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/save": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Save
         * @description Replace the configuration file by the body, if nothing in it is wrong, and restart the core if requested.
         */
        post: operations["save_api_config_save_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/schema.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Schema
         * @description Return the JSON Schema of the configuration file.
         */
        get: operations["schema_api_config_schema_json_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change
         * @description Change single keys of the configuration, which the query or the body names.
         */
        put: operations["change_api_config_set_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debug_replay/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start
         * @description Replay what a camera has recorded.
         */
        post: operations["start_api_debug_replay_start_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debug_replay/start_from_export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start From Export
         * @description Replay an export.
         */
        post: operations["start_from_export_api_debug_replay_start_from_export_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debug_replay/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Status
         * @description Return the replay that goes on, or the last one.
         */
        get: operations["status_api_debug_replay_status_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debug_replay/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop
         * @description End the replay that goes on.
         */
        post: operations["stop_api_debug_replay_stop_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/description/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_description_generate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/event_ids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * By Ids
         * @description Return the events with these ids.
         */
        get: operations["by_ids_api_event_ids_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Events
         * @description Return the events that all filters let through.
         */
        get: operations["list_events_api_events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Many
         * @description Delete events and their pictures.
         */
        delete: operations["delete_many_api_events__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{camera}/{label}/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create
         * @description Make a manual event from now on.
         */
        post: operations["create_api_events__camera___label__create_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One
         * @description Return one event.
         */
        get: operations["one_api_events__event_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete
         * @description Delete an event and its pictures; recordings stay.
         */
        delete: operations["delete_api_events__event_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set Attributes
         * @description Refuse: no classification model gives objects attributes.
         */
        post: operations["set_attributes_api_events__event_id__attributes_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/clip.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clip
         * @description Return the recording of the event.
         */
        get: operations["clip_api_events__event_id__clip_mp4_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/description": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set Description
         * @description Describe an event.
         */
        post: operations["set_description_api_events__event_id__description_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/description/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Regenerate
         * @description Refuse to describe an event, if there is such an event.
         */
        put: operations["regenerate_api_events__event_id__description_regenerate_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * End
         * @description End a manual event.
         */
        put: operations["end_api_events__event_id__end_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/false_positive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * False Positive
         * @description Send an event's clean picture, and say that there is no such object in its box.
         */
        put: operations["false_positive_api_events__event_id__false_positive_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/plus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit
         * @description Send an event's clean picture, with its box unless the body says otherwise.
         */
        post: operations["submit_api_events__event_id__plus_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/preview.gif": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Event Gif
         * @description Return the beginning of an event as a looping GIF.
         */
        get: operations["event_gif_api_events__event_id__preview_gif_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/preview.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Event Mp4
         * @description Return the beginning of an event as a short video.
         */
        get: operations["event_mp4_api_events__event_id__preview_mp4_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/preview.webp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Event Webp
         * @description Return the beginning of an event as a looping WebP.
         */
        get: operations["event_webp_api_events__event_id__preview_webp_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/recognized_license_plate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set Plate
         * @description Say which licence plate a vehicle has.
         */
        post: operations["set_plate_api_events__event_id__recognized_license_plate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/retain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retain
         * @description Keep an event for ever.
         */
        post: operations["retain_api_events__event_id__retain_post"];
        /**
         * Release
         * @description Keep an event no longer than usual.
         */
        delete: operations["release_api_events__event_id__retain_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/snapshot-clean.{extension}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clean Snapshot
         * @description Return the event's picture with nothing drawn on it.
         */
        get: operations["clean_snapshot_api_events__event_id__snapshot_clean__extension__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/snapshot.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Snapshot
         * @description Return the event's snapshot, drawn and cut as asked.
         */
        get: operations["snapshot_api_events__event_id__snapshot_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/sub_label": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set Sub Label
         * @description Name an object.
         */
        post: operations["set_sub_label_api_events__event_id__sub_label_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/thumbnail.{extension}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Thumbnail
         * @description Return the event's thumbnail.
         */
        get: operations["thumbnail_api_events__event_id__thumbnail__extension__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event_id}/why": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why
         * @description Return what decided that this is an event.
         */
        get: operations["why_api_events__event_id__why_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/explore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explore
         * @description Return the newest events of each label.
         */
        get: operations["explore_api_events_explore_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search
         * @description Return the events in whose names or texts the words of `query` are.
         */
        get: operations["search_api_events_search_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Summary
         * @description Return counts by camera, label, sub label, zones and day.
         */
        get: operations["summary_api_events_summary_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export/{camera}/start/{start}/end/{end}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Export
         * @description Queue an export of a camera's recordings.
         */
        post: operations["start_export_api_export__camera__start__start__end__end__post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export/{export_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Export
         * @description Delete an export; it may also be named by its file.
         */
        delete: operations["delete_export_api_export__export_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export/{export_id}/{new_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename Export By Path
         * @description Give an export another name, as older clients ask for it.
         */
        patch: operations["rename_export_by_path_api_export__export_id___new_name__patch"];
        trace?: never;
    };
    "/api/export/{export_id}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename Export
         * @description Give an export another name.
         */
        patch: operations["rename_export_api_export__export_id__rename_patch"];
        trace?: never;
    };
    "/api/export/custom/{camera}/start/{start}/end/{end}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Custom Export
         * @description Queue an export; arguments for an encoder are refused, since Dogwatch runs no ffmpeg program.
         */
        post: operations["start_custom_export_api_export_custom__camera__start__start__end__end__post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Exports
         * @description Return exports, newest range first.
         */
        get: operations["list_exports_api_exports_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exports/{export_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One Export
         * @description Return one export.
         */
        get: operations["one_export_api_exports__export_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exports/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Batch
         * @description Queue several exports; if one is refused, the others are still queued.
         *
         *     A new case is made only if there is something to put into it.
         */
        post: operations["batch_api_exports_batch_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exports/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete Exports
         * @description Delete exports, all of them or none.
         */
        post: operations["delete_exports_api_exports_delete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exports/reassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reassign Exports
         * @description Put exports into a case, or take them out.
         */
        post: operations["reassign_exports_api_exports_reassign_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Faces
         * @description Return the pictures of each person, and the attempts as `train`.
         */
        get: operations["faces_api_faces_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faces/{name}/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create
         * @description Make a person without pictures.
         */
        post: operations["create_api_faces__name__create_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faces/{name}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete
         * @description Delete pictures of a person, or attempts.
         */
        post: operations["delete_api_faces__name__delete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faces/{name}/reclassify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reclassify
         * @description Move a picture from one person to another.
         */
        post: operations["reclassify_api_faces__name__reclassify_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faces/{name}/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description Keep the face in a picture for a person.
         */
        post: operations["register_api_faces__name__register_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faces/{old_name}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Rename
         * @description Rename a person.
         */
        put: operations["rename_api_faces__old_name__rename_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faces/recognize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Recognize
         * @description Say whose face is in a picture.
         */
        post: operations["recognize_api_faces_recognize_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faces/reprocess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reprocess
         * @description Look at an attempt again.
         */
        post: operations["reprocess_api_faces_reprocess_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faces/train/{name}/classify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Classify
         * @description Say whose face an attempt, or the picture of an event, shows.
         */
        post: operations["classify_api_faces_train__name__classify_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ffmpeg/presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Presets
         * @description Return the presets that the configuration takes.
         */
        get: operations["presets_api_ffmpeg_presets_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ffprobe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ffprobe
         * @description Return what the streams at `paths` consist of, in their order.
         */
        get: operations["ffprobe_api_ffprobe_get"];
        put?: never;
        /**
         * Try Stream
         * @description Read some seconds of a stream that need not be configured: what it consists of, its rate, and a picture.
         */
        post: operations["try_stream_api_ffprobe_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ffprobe/snapshot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Snapshot
         * @description Return the first picture of a stream.
         */
        get: operations["snapshot_api_ffprobe_snapshot_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/first_run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * First Run
         * @description Tell whether no camera is configured yet, and what there is to begin with.
         */
        get: operations["first_run_api_first_run_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/genai/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find */
        get: operations["find_api_genai_models_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/genai/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_genai_probe_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/go2rtc/api/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream Entry Alias
         * @description Do as `/api/go2rtc/streams/{stream}`.
         */
        get: operations["stream_entry_alias_api_go2rtc_api_streams_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/go2rtc/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Streams
         * @description List the streams that can be played.
         */
        get: operations["streams_api_go2rtc_streams_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/go2rtc/streams/{stream}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream Entry
         * @description Describe one stream.
         */
        get: operations["stream_entry_api_go2rtc_streams__stream__get"];
        /**
         * Put Stream
         * @description Add a stream, or give it other sources, until the next start.
         */
        put: operations["put_stream_api_go2rtc_streams__stream__put"];
        post?: never;
        /**
         * Delete Stream
         * @description Remove a stream; one of the configuration is back after the next start.
         */
        delete: operations["delete_stream_api_go2rtc_streams__stream__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/go2rtc/webrtc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Offer
         * @description Answer an offer: JSON `{"type": "offer", "sdp": "..."}` in the same form, or bare SDP.
         */
        post: operations["offer_api_go2rtc_webrtc_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Return every problem that there is now.
         */
        get: operations["health_api_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listed
         * @description Return jobs of all or some kinds, newest first, without their results, which may be large.
         */
        get: operations["listed_api_jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One
         * @description Return one job with its results.
         */
        get: operations["one_api_jobs__job_id__get"];
        put?: never;
        post?: never;
        /**
         * Cancel
         * @description Cancel a job: a waiting one ends at once, a running one within about a second.
         */
        delete: operations["cancel_api_jobs__job_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Jobs
         * @description Return the jobs of exports, the newest first.
         */
        get: operations["list_jobs_api_jobs_export_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/export/{export_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One Job
         * @description Return the job of one export.
         */
        get: operations["one_job_api_jobs_export__export_id__get"];
        put?: never;
        post?: never;
        /**
         * Cancel Job
         * @description Cancel the job of an export: one that waits ends at once, one that runs within about a second.
         */
        delete: operations["cancel_job_api_jobs_export__export_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keyframe_analysis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keyframe Analysis
         * @description Tell how far apart the keyframes of a camera's newest recordings are.
         */
        get: operations["keyframe_analysis_api_keyframe_analysis_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Labels
         * @description Return the labels that have events, of one camera or of all.
         */
        get: operations["labels_api_labels_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Login
         * @description Check a name and a password; the session comes as a cookie, whose value also works as a bearer token.
         */
        post: operations["login_api_login_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Begin
         * @description Send the browser to the provider, which sends it back to `callback`.
         */
        get: operations["begin_api_login_oidc_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Callback
         * @description Log the user in for whom the provider vouches for, and go to the page; else to the login page, which says why.
         */
        get: operations["callback_api_login_oidc_callback_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Logout
         * @description End the session, so that its token is worth nothing any more, and go to the login page.
         */
        get: operations["logout_api_logout_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logs/{service}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Logs
         * @description Return lines of the log; `download` returns it whole as a JSON string, `stream` follows it.
         */
        get: operations["logs_api_logs__service__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lpr/reprocess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Reprocess
         * @description Read the plate in an event's picture again, and write it into the event.
         */
        put: operations["reprocess_api_lpr_reprocess_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/media/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sync
         * @description Start to look for files without rows and rows without files.
         */
        post: operations["sync_api_media_sync_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/media/sync/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Current
         * @description Return the job that goes on, null if there is none.
         */
        get: operations["current_api_media_sync_current_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/media/sync/status/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Status
         * @description Return one job.
         */
        get: operations["status_api_media_sync_status__job_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description Return the numbers for Prometheus.
         */
        get: operations["metrics_api_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listed
         * @description Return the known models, and those of the data directory.
         */
        get: operations["listed_api_models_get"];
        put?: never;
        /**
         * Install
         * @description Fetch a known model, try it, and put it to use if that is wanted.
         */
        post: operations["install_api_models_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove
         * @description Delete a model that is not in use.
         */
        delete: operations["remove_api_models__name__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/{name}/use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Use
         * @description Let a model of the data directory detect from now on.
         */
        post: operations["use_api_models__name__use_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Devices
         * @description Return the caller's devices, for an administrator those of all, newest first.
         */
        get: operations["devices_api_notifications_devices_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/devices/{device_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Forget
         * @description Forget a device: one of the caller's, for an administrator anybody's.
         */
        delete: operations["forget_api_notifications_devices__device_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/pubkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public Key
         * @description Return the key that browsers subscribe with.
         */
        get: operations["public_key_api_notifications_pubkey_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description Keep a browser's subscription, in place of an earlier one with the same endpoint.
         */
        post: operations["register_api_notifications_register_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send Test
         * @description Send a message to the caller's devices, or to one device, and tell what has become of it.
         */
        post: operations["send_test_api_notifications_test_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/nvinfo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Nvinfo
         * @description Return the NVIDIA processors.
         */
        get: operations["nvinfo_api_nvinfo_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/onvif/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Discover
         * @description Return the cameras that answer on the network, or at `host`.
         */
        get: operations["discover_api_onvif_discover_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/onvif/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Probe
         * @description Do as `probe_by_body`; what keeps addresses that are asked for, such as a proxy's log, then has the password.
         */
        get: operations["probe_api_onvif_probe_get"];
        put?: never;
        /**
         * Probe By Body
         * @description Ask a camera for its streams, and propose a section for the configuration.
         */
        post: operations["probe_by_body_api_onvif_probe_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Openapi
         * @description Return the OpenAPI document of this listener.
         */
        get: operations["openapi_api_openapi_json_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plus/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Plus Models
         * @description Return no models: there is no labelling service.
         */
        get: operations["plus_models_api_plus_models_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{camera}/start/{start}/end/{end}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Previews
         * @description Return the previews of a camera that overlap a range, oldest first.
         */
        get: operations["list_previews_api_preview__camera__start__start__end__end__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{camera}/start/{start}/end/{end}/frames": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Frames
         * @description Return the names of pictures that are in no preview yet, oldest first.
         */
        get: operations["list_frames_api_preview__camera__start__start__end__end__frames_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{file}/thumbnail.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Frame
         * @description Return one of these pictures, as WebP.
         */
        get: operations["frame_api_preview__file__thumbnail_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{file}/thumbnail.webp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Frame
         * @description Return one of these pictures, as WebP.
         */
        get: operations["frame_api_preview__file__thumbnail_webp_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List City Hour
         * @description Do so for a timezone whose name came with an encoded slash.
         */
        get: operations["list_city_hour_api_preview__year_month___day___hour___camera___tz_area___tz_city__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{year_month}/{day}/{hour}/{camera}/{tz_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Hour
         * @description Return the previews of a camera in an hour of a timezone.
         */
        get: operations["list_hour_api_preview__year_month___day___hour___camera___tz_name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{year_month}/{day}/{hour}/all/{tz_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Hour Of All
         * @description Return the previews of all cameras in an hour of a timezone.
         */
        get: operations["list_hour_of_all_api_preview__year_month___day___hour__all__tz_name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/all/start/{start}/end/{end}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List All
         * @description Return the previews of all cameras that overlap a range, oldest first.
         */
        get: operations["list_all_api_preview_all_start__start__end__end__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/ts/{camera}/start/{start}/end/{end}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Previews
         * @description Return the previews of a camera that overlap a range, oldest first.
         */
        get: operations["list_previews_api_preview_ts__camera__start__start__end__end__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Profile
         * @description Return the caller's name, role and cameras.
         */
        get: operations["profile_api_profile_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/profile/active": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Active Profile
         * @description Return the name of the active profile.
         */
        get: operations["active_profile_api_profile_active_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/profile/ui": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read
         * @description Return what the caller has chosen.
         */
        get: operations["read_api_profile_ui_get"];
        /**
         * Write
         * @description Keep what the caller has chosen, in place of what was there.
         */
        put: operations["write_api_profile_ui_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Profiles
         * @description Return the profiles, the active one, and when each was activated last.
         */
        get: operations["profiles_api_profiles_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recognized_license_plates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Plates
         * @description Return the recognised licence plates.
         */
        get: operations["plates_api_recognized_license_plates_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/start/{start}/end/{end}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete
         * @description Delete the recordings of a range, but for those that hold what is to be kept.
         */
        delete: operations["delete_api_recordings_start__start__end__end__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Storage
         * @description Return the space that each camera's recordings take.
         */
        get: operations["storage_api_recordings_storage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Days Summary
         * @description Return the days on which any of the cameras was recorded.
         */
        get: operations["days_summary_api_recordings_summary_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/unavailable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Unavailable
         * @description Return the stretches of at least `scale` seconds in which none of the cameras was recorded.
         */
        get: operations["unavailable_api_recordings_unavailable_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reindex": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Refuse */
        put: operations["refuse_api_reindex_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restart
         * @description Restart the core once this answer has been sent, unless the configuration file has mistakes.
         */
        post: operations["restart_api_restart_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Reviews
         * @description Return review items, newest first.
         */
        get: operations["list_reviews_api_review_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review_ids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * By Ids
         * @description Return the items with these ids; 404 if one of them is unknown.
         */
        get: operations["by_ids_api_review_ids_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/{review_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One
         * @description Return one item.
         */
        get: operations["one_api_review__review_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/{review_id}/clip.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Review Clip
         * @description Return the recording of a review item.
         */
        get: operations["review_clip_api_review__review_id__clip_mp4_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/{review_id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Review Preview
         * @description Return a review item in little, with some seconds before and after it.
         */
        get: operations["review_preview_api_review__review_id__preview_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/{review_id}/viewed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Unview
         * @description Mark an item as not seen by the caller.
         */
        delete: operations["unview_api_review__review_id__viewed_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/activity/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Audio Activity
         * @description Return how loud it was.
         */
        get: operations["audio_activity_api_review_activity_audio_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/activity/motion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Motion Activity
         * @description Return how much motion there was.
         */
        get: operations["motion_activity_api_review_activity_motion_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/event/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Of Event
         * @description Return the item that lists the event.
         */
        get: operations["of_event_api_review_event__event_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/summarize/start/{start}/end/{end}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse */
        post: operations["refuse_api_review_summarize_start__start__end__end__post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Summary
         * @description Return how many items there were by day, and how many of them the caller has seen.
         */
        get: operations["summary_api_review_summary_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reviews/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete
         * @description Delete items, their thumbnails, and the recordings that overlap them.
         */
        post: operations["delete_api_reviews_delete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reviews/viewed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * View
         * @description Mark items as seen by the caller or not; unknown ones are ignored.
         */
        post: operations["view_api_reviews_viewed_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/share": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Shares
         * @description Return the caller's links, or for an administrator those of all, newest first.
         */
        get: operations["list_shares_api_share_get"];
        put?: never;
        /**
         * Make Share
         * @description Make a link.
         */
        post: operations["make_share_api_share_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/share/{share_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One Share
         * @description Return a link with its latest uses.
         */
        get: operations["one_share_api_share__share_id__get"];
        put?: never;
        post?: never;
        /**
         * Revoke Share
         * @description End a link.
         */
        delete: operations["revoke_share_api_share__share_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stats
         * @description Return the numbers of cameras, detectors, processes and volumes.
         */
        get: operations["stats_api_stats_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * History
         * @description Return the numbers of the last twenty minutes, one set each 15 s, trimmed to dotted `keys` if given.
         */
        get: operations["history_api_stats_history_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Series
         * @description Return figures over time for charts: of the last hour every 15 s, or of the last day every 2 min.
         */
        get: operations["series_api_stats_series_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Storage
         * @description Return what uses the disks, by kind and camera, and when they will be full.
         */
        get: operations["storage_api_storage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/storage/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Days
         * @description Return what is there of each day's recordings, newest day first.
         */
        get: operations["days_api_storage_days_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/storage/deletions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Deleted
         * @description Return what was deleted of recordings, or lost, in the last 90 days, newest first.
         */
        get: operations["deleted_api_storage_deletions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sub_labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sub Labels
         * @description Return the sub-labels.
         */
        get: operations["sub_labels_api_sub_labels_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Timeline
         * @description Return timeline entries, oldest first.
         */
        get: operations["list_timeline_api_timeline_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/timeline/hourly": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hourly
         * @description Return the newest timeline entries by hour; hours and their entries are sorted, oldest first.
         */
        get: operations["hourly_api_timeline_hourly_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/trigger/embedding": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create Trigger
         * @description Refuse a trigger of a camera.
         */
        post: operations["create_trigger_api_trigger_embedding_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/trigger/embedding/{camera}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change Trigger
         * @description Refuse to change a trigger of a camera.
         */
        put: operations["change_trigger_api_trigger_embedding__camera___name__put"];
        post?: never;
        /**
         * Change Trigger
         * @description Refuse to change a trigger of a camera.
         */
        delete: operations["change_trigger_api_trigger_embedding__camera___name__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/status/{camera}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Triggers
         * @description Refuse: no camera has triggers.
         */
        get: operations["triggers_api_triggers_status__camera__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Users
         * @description List all accounts by name.
         */
        get: operations["users_api_users_get"];
        put?: never;
        /**
         * Add User
         * @description Make an account.
         */
        post: operations["add_user_api_users_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{username}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete User
         * @description Delete an account; its sessions end at once.
         */
        delete: operations["delete_user_api_users__username__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{username}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Password
         * @description Set a password: an administrator anybody's, others their own; the account's other sessions end.
         */
        put: operations["set_password_api_users__username__password_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{username}/role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Role
         * @description Set a role; open sessions follow at once.
         */
        put: operations["set_role_api_users__username__role_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{username}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Sessions
         * @description List the sessions of an account that go on, the one used last first: to an administrator, or to the user.
         */
        get: operations["list_sessions_api_users__username__sessions_get"];
        put?: never;
        post?: never;
        /**
         * End Sessions
         * @description End all sessions of an account but the one that asks.
         */
        delete: operations["end_sessions_api_users__username__sessions_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{username}/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End Session
         * @description End one session of an account, at once.
         */
        delete: operations["end_session_api_users__username__sessions__session_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vainfo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Vainfo
         * @description Return the devices that VA-API may use.
         */
        get: operations["vainfo_api_vainfo_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Version
         * @description Return the version as bare text; as JSON only to clients that accept nothing else.
         */
        get: operations["version_api_version_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vlm/monitor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find */
        get: operations["find_api_vlm_monitor_get"];
        put?: never;
        /** Refuse */
        post: operations["refuse_api_vlm_monitor_post"];
        /** Refuse */
        delete: operations["refuse_api_vlm_monitor_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/{camera}/start/{start}/end/{end}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Map Range
         * @description Map a range of one camera.
         */
        get: operations["map_range_api_vod__camera__start__start__end__end__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/{camera}/start/{start}/end/{end}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Range
         * @description Play a range of one camera.
         */
        get: operations["play_range_api_vod__camera__start__start__end__end___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/{year_month}/{day}/{hour}/{camera}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Map Hour
         * @description Map an hour of the server's own timezone.
         */
        get: operations["map_hour_api_vod__year_month___day___hour___camera__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/{year_month}/{day}/{hour}/{camera}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Hour
         * @description Play an hour of the server's own timezone.
         */
        get: operations["play_hour_api_vod__year_month___day___hour___camera___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play City Hour
         * @description Play an hour of a timezone whose name came with an encoded slash.
         */
        get: operations["play_city_hour_api_vod__year_month___day___hour___camera___tz_area___tz_city___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Map Zoned Hour
         * @description Map an hour of a timezone.
         *
         *     The router cannot tell these paths from those of playing, whose handlers come first and hand over to this.
         */
        get: operations["map_zoned_hour_api_vod__year_month___day___hour___camera___tz_name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Zoned Hour
         * @description Play an hour of a timezone.
         */
        get: operations["play_zoned_hour_api_vod__year_month___day___hour___camera___tz_name___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/clip/{camera}/start/{start}/end/{end}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Map Clip
         * @description Map a range with discontinuities.
         */
        get: operations["map_clip_api_vod_clip__camera__start__start__end__end__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/clip/{camera}/start/{start}/end/{end}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Clip
         * @description Play a range with discontinuities between all segments.
         */
        get: operations["play_clip_api_vod_clip__camera__start__start__end__end___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/event/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Map Event
         * @description Map an event.
         */
        get: operations["map_event_api_vod_event__event_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/event/{event_id}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Event
         * @description Play an event, with `padding` seconds on both sides.
         */
        get: operations["play_event_api_vod_event__event_id___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/review/{review_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Map Review
         * @description Map a review item.
         */
        get: operations["map_review_api_vod_review__review_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vod/review/{review_id}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Review
         * @description Play a review item, with `padding` seconds on both sides.
         */
        get: operations["play_review_api_vod_review__review_id___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/zones": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Zones
         * @description Return the zones of all cameras.
         */
        get: operations["zones_api_zones_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/zones/{camera}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Camera Zones
         * @description Return the zones of one camera.
         */
        get: operations["camera_zones_api_zones__camera__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Asset
         * @description Return a script, style sheet, font or picture of the web page.
         */
        get: operations["asset_assets__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/clips/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clips
         * @description Return a picture or preview, rendering those that have no file; or a directory as an HTML page.
         */
        get: operations["clips_clips__path__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_config_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/edge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_edge_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/explore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_explore_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_export_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exports
         * @description Return an export's file, or the directory as JSON.
         */
        get: operations["exports_exports__path__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/faces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_faces_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_files_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/icons/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Icon
         * @description Return an icon of the web page.
         */
        get: operations["icon_icons__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/webrtc/player.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Script
         * @description Return the page's script.
         */
        get: operations["script_live_webrtc_player_js_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/webrtc/webrtc.html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Player
         * @description Return a page that plays a stream, by WebRTC or else by Media Source Extensions.
         */
        get: operations["player_live_webrtc_webrtc_html_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_login_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_logs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/manifest.webmanifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Manifest
         * @description Return what a device that installs the web page has to know.
         */
        get: operations["manifest_manifest_webmanifest_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/playback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_playback_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/player": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_player_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recordings/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recordings
         * @description Return a recorded segment's file, or a directory as JSON.
         */
        get: operations["recordings_recordings__path__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_review_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/review/{review_id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Review Preview
         * @description Return a review item in little, with some seconds before and after it.
         */
        get: operations["review_preview_review__review_id__preview_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/review/activity/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Audio Activity
         * @description Return how loud it was.
         */
        get: operations["audio_activity_review_activity_audio_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/review/activity/motion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Motion Activity
         * @description Return how much motion there was.
         */
        get: operations["motion_activity_review_activity_motion_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_settings_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/share/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shared Page
         * @description Return the page of a link, with a player.
         */
        get: operations["shared_page_share__token__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/share/{token}/clip.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shared Clip
         * @description Return the film of a link.
         */
        get: operations["shared_clip_share__token__clip_mp4_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/share/{token}/snapshot.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shared Snapshot
         * @description Return the picture of a link to an event.
         */
        get: operations["shared_snapshot_share__token__snapshot_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/share/{token}/thumbnail.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shared Thumbnail
         * @description Return a small picture of a link to an event.
         */
        get: operations["shared_thumbnail_share__token__thumbnail_jpg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/styleguide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_styleguide_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sw.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Service Worker
         * @description Return the web page's service worker.
         */
        get: operations["service_worker_sw_js_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_system_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vod/{camera}/start/{start}/end/{end}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Range
         * @description Play a range of one camera.
         */
        get: operations["play_range_vod__camera__start__start__end__end___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vod/{year_month}/{day}/{hour}/{camera}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Hour
         * @description Play an hour of the server's own timezone.
         */
        get: operations["play_hour_vod__year_month___day___hour___camera___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vod/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play City Hour
         * @description Play an hour of a timezone whose name came with an encoded slash.
         */
        get: operations["play_city_hour_vod__year_month___day___hour___camera___tz_area___tz_city___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Zoned Hour
         * @description Play an hour of a timezone.
         */
        get: operations["play_zoned_hour_vod__year_month___day___hour___camera___tz_name___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vod/clip/{camera}/start/{start}/end/{end}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Clip
         * @description Play a range with discontinuities between all segments.
         */
        get: operations["play_clip_vod_clip__camera__start__start__end__end___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vod/event/{event_id}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Event
         * @description Play an event, with `padding` seconds on both sides.
         */
        get: operations["play_event_vod_event__event_id___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vod/review/{review_id}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Play Review
         * @description Play a review item, with `padding` seconds on both sides.
         */
        get: operations["play_review_vod_review__review_id___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/wizard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Index
         * @description Return the web page.
         */
        get: operations["index_wizard_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ActiveProfileAnswer
         * @description The name of the active profile.
         */
        ActiveProfileAnswer: {
            active_profile: string | null;
        };
        /**
         * AllJobsAnswer
         * @description Jobs of every kind, newest first, without results.
         */
        AllJobsAnswer: {
            jobs: components["schemas"]["OwnedJobAnswer"][];
        };
        /**
         * AssignBody
         * @description The body that puts exports into a case, or into none.
         */
        AssignBody: {
            /** Export Case Id */
            export_case_id?: string | null;
            /** Ids */
            ids: string[];
        };
        /**
         * Attributes
         * @description The body of values that classification models give an object.
         */
        Attributes: {
            /** Attributes */
            attributes: string[];
        };
        /**
         * BareDoneAnswer
         * @description It was done, without a sentence.
         */
        BareDoneAnswer: {
            /** @enum {unknown} */
            success: true;
        };
        /**
         * BatchAnswer
         * @description What became of the exports of a batch.
         */
        BatchAnswer: {
            export_case_id: string | null;
            export_ids: string[];
            results: components["schemas"]["BatchItemAnswer"][];
        };
        /**
         * BatchBody
         * @description The body of a batch: exports, and optionally the case for all of them.
         */
        BatchBody: {
            /** Export Case Id */
            export_case_id?: string | null;
            /** Items */
            items: components["schemas"]["BatchItem"][];
            /** New Case Description */
            new_case_description?: string | null;
            /** New Case Name */
            new_case_name?: string | null;
        };
        /**
         * BatchItem
         * @description One export of a batch.
         */
        BatchItem: {
            /** Camera */
            camera: string;
            /** Client Item Id */
            client_item_id?: string | null;
            /** End Time */
            end_time: number;
            /** Friendly Name */
            friendly_name?: string | null;
            /** Image Path */
            image_path?: string | null;
            /** Start Time */
            start_time: number;
        };
        /**
         * BatchItemAnswer
         * @description What became of one export of a batch.
         */
        BatchItemAnswer: {
            camera: string;
            client_item_id: string | null;
            error: string | null;
            export_id: string | null;
            status: "queued" | null;
            success: boolean;
        };
        Busy: {
            error: string;
        };
        /**
         * CameraDayAnswer
         * @description What is there of a camera's recordings of a day.
         */
        CameraDayAnswer: {
            bytes: number;
            seconds: number;
        };
        /**
         * CameraFiguresAnswer
         * @description The figures of a camera.
         */
        CameraFiguresAnswer: {
            audio_dBFS: number;
            audio_faults: number;
            audio_rms: number;
            bytes_per_second: number;
            camera_fps: number;
            capture_pid: number;
            /** @enum {unknown} */
            connection_quality: "excellent" | "fair" | "poor" | "unusable";
            decoded_fps: number;
            /** @enum {unknown} */
            decoding: "full" | "keyframes" | "off";
            detection_enabled: boolean;
            detection_fps: number;
            dropped_decode: number;
            dropped_live: number;
            dropped_messages: number;
            dropped_sound: number;
            expected_fps: number;
            ffmpeg_pid: number;
            pid: number;
            process_fps: number;
            reconnects_last_hour: number;
            repaired_timestamps: number;
            skipped_fps: number;
            stalls_last_hour: number;
        };
        /**
         * CameraForecastAnswer
         * @description What a camera's recordings will take in the end.
         */
        CameraForecastAnswer: {
            basis: string;
            bytes: number;
            kept: components["schemas"]["KeptFootageAnswer"][];
            records: boolean;
            warnings: string[];
        };
        /**
         * CameraStorageAnswer
         * @description MiB, MiB per hour, and percent of the disk.
         */
        CameraStorageAnswer: {
            bandwidth: number;
            disk: components["schemas"]["GrowthAnswer"];
            usage: number;
            usage_percent: number;
        };
        /**
         * CameraUsageAnswer
         * @description What one camera takes.
         */
        CameraUsageAnswer: {
            bytes_per_hour: number;
            configured: boolean;
            exports_bytes: number;
            previews_bytes: number;
            recordings_bytes: number;
            snapshots_bytes: number;
            thumbnails_bytes: number;
            total_bytes: number;
        };
        /**
         * CaseAnswer
         * @description A collection of exports.
         */
        CaseAnswer: {
            created_at: number;
            description: string;
            id: string;
            name: string;
            updated_at: number;
        };
        /**
         * CaseBody
         * @description A new case.
         */
        CaseBody: {
            /** Description */
            description?: string | null;
            /** Name */
            name: string;
        };
        /**
         * CaseChange
         * @description What of a case changes.
         */
        CaseChange: {
            /** Description */
            description?: string | null;
            /** Name */
            name?: string | null;
        };
        /**
         * Classified
         * @description The body that names an attempt, or an event whose picture shows a face.
         */
        Classified: {
            /** Event Id */
            event_id?: string | null;
            /** Training File */
            training_file?: string | null;
        };
        /**
         * ConfigAppliedAnswer
         * @description What has changed in force.
         */
        ConfigAppliedAnswer: {
            changes: string[];
            message: string;
            restart: string[];
            /** @enum {unknown} */
            success: true;
        };
        /**
         * ConfigCheckAnswer
         * @description What is wrong with a configuration, and what it would change.
         */
        ConfigCheckAnswer: {
            changes: string[];
            errors: components["schemas"]["MistakeAnswer"][];
            notices: components["schemas"]["NoticeAnswer"][];
            restart: string[];
            valid: boolean;
        };
        /**
         * ConfigDoneAnswer
         * @description The configuration was changed; `changes` says what of the one in force, a line each.
         */
        ConfigDoneAnswer: {
            changes?: string[];
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * ConsumerAnswer
         * @description Who plays a stream, since when (epoch s), and how many pieces were left out; `user` is for administrators.
         */
        ConsumerAnswer: {
            format_name: string;
            since: number;
            skipped: number;
            user?: string;
        };
        /**
         * Credentials
         * @description What the login page sends.
         */
        Credentials: {
            /** Password */
            password: string;
            /** User */
            user: string;
        };
        /**
         * CustomBody
         * @description The body of a custom export; arguments for ffmpeg are refused.
         */
        CustomBody: {
            /** Chapters */
            chapters?: ("none" | "recording_segments" | "review_items") | null;
            /**
             * Cpu Fallback
             * @default false
             */
            cpu_fallback: boolean;
            /** Export Case Id */
            export_case_id?: string | null;
            /** Ffmpeg Input Args */
            ffmpeg_input_args?: string | null;
            /** Ffmpeg Output Args */
            ffmpeg_output_args?: string | null;
            /** Image Path */
            image_path?: string | null;
            /** Name */
            name?: string | null;
            /**
             * Playback
             * @default realtime
             * @enum {string}
             */
            playback: "realtime" | "timelapse_25x";
            /**
             * Source
             * @default recordings
             * @enum {string}
             */
            source: "recordings" | "preview";
        };
        /**
         * DecisionAnswer
         * @description What a rule has decided about an event.
         */
        DecisionAnswer: {
            /** @enum {unknown} */
            decision: "alert" | "clip" | "detection" | "snapshot";
            labels: string[] | null;
            required_zones: string[];
            setting: string;
            time: number;
            zones: string[];
        };
        /**
         * DeletionAnswer
         * @description What was deleted, or lost, and why.
         */
        DeletionAnswer: {
            camera: string;
            detail: string;
            end_time: number;
            id: number;
            reason: string;
            segments: number;
            size_bytes: number;
            start_time: number;
            text: string;
            time: number;
        };
        /**
         * DeletionsAnswer
         * @description Deletions, newest first, and what each reason means.
         */
        DeletionsAnswer: {
            deletions: components["schemas"]["DeletionAnswer"][];
            reasons: {
                [key: string]: string;
            };
        };
        /**
         * Description
         * @description The body of a new description; empty or null takes it away.
         */
        Description: {
            /** Description */
            description: string | null;
        };
        /**
         * DetectorFiguresAnswer
         * @description The figures of a detector; times in ms.
         */
        DetectorFiguresAnswer: {
            batches: number;
            detection_start: number;
            inference_speed: number;
            pid: number;
            queue: number;
            regions: number;
        };
        /**
         * DeviceAnswer
         * @description A browser that gets notifications, and how the last one went; times are epoch seconds.
         */
        DeviceAnswer: {
            created_at: number;
            delivered_at: number | null;
            error: string | null;
            failed_at: number | null;
            id: string;
            name: string;
            service: string;
            user: string;
        };
        /**
         * DiskAnswer
         * @description A disk, and what it holds.
         */
        DiskAnswer: {
            free_bytes: number;
            holds: string[];
            path: string;
            total_bytes: number;
            used_bytes: number;
        };
        /**
         * DoneAnswer
         * @description It was done.
         */
        DoneAnswer: {
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * Drawn
         * @description What is drawn on a manual event's snapshot.
         */
        Drawn: {
            /**
             * Boxes
             * @default []
             */
            boxes: components["schemas"]["DrawnBox"][];
        };
        /**
         * DrawnBox
         * @description A box on a manual event's snapshot: fractions, RGB, percent.
         */
        DrawnBox: {
            /** Box */
            box: number[];
            /**
             * Color
             * @default [
             *       255,
             *       0,
             *       0
             *     ]
             */
            color: number[];
            /** Score */
            score?: number | null;
        };
        /**
         * EventCountAnswer
         * @description How many events that are alike began on a day.
         */
        EventCountAnswer: {
            camera: string;
            count: number;
            day: string;
            label: string;
            sub_label: string | null;
            zones: string[];
        };
        /**
         * EventIds
         * @description The body that names events.
         */
        EventIds: {
            /** Event Ids */
            event_ids: string[];
        };
        /**
         * EventMadeAnswer
         * @description A manual event has begun.
         */
        EventMadeAnswer: {
            event_id: string;
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * EventsDeletedAnswer
         * @description Which events were deleted, and which there are not.
         */
        EventsDeletedAnswer: {
            deleted_events: string[];
            not_found_events: string[];
            /** @enum {unknown} */
            success: true;
        };
        /**
         * ExploredEventAnswer
         * @description One of the newest events of a label, of which there are `event_count`.
         */
        ExploredEventAnswer: {
            box: null;
            camera: string;
            data: Record<string, unknown>;
            end_time: number | null;
            event_count: number;
            false_positive: boolean | null;
            has_clip: boolean;
            has_snapshot: boolean;
            id: string;
            label: string;
            labels: string[];
            plus_id: string | null;
            retain_indefinitely: boolean;
            start_time: number;
            sub_label: string | null;
            top_score: number | null;
            zones: string[];
        };
        /**
         * ExportAnswer
         * @description A range of recordings as a file that is kept.
         */
        ExportAnswer: {
            camera: string;
            date: number;
            export_case_id: string | null;
            id: string;
            in_progress: boolean;
            name: string;
            thumb_path: string;
            video_path: string;
        };
        /**
         * ExportBody
         * @description How a range is exported; all fields are optional.
         */
        ExportBody: {
            /** Chapters */
            chapters?: ("none" | "recording_segments" | "review_items") | null;
            /** Export Case Id */
            export_case_id?: string | null;
            /** Image Path */
            image_path?: string | null;
            /** Name */
            name?: string | null;
            /**
             * Playback
             * @default realtime
             * @enum {string}
             */
            playback: "realtime" | "timelapse_25x";
            /**
             * Source
             * @default recordings
             * @enum {string}
             */
            source: "recordings" | "preview";
        };
        /**
         * ExportQueuedAnswer
         * @description An export waits to be made.
         */
        ExportQueuedAnswer: {
            export_id: string;
            message: string;
            /** @enum {unknown} */
            status: "queued";
            /** @enum {unknown} */
            success: true;
        };
        /**
         * FaceIds
         * @description The body that names pictures.
         */
        FaceIds: {
            /** Ids */
            ids: string[];
        };
        /**
         * FaceKeptAnswer
         * @description A picture of a face was kept or moved: the name of its file.
         */
        FaceKeptAnswer: {
            file: string;
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * FaceReprocessedAnswer
         * @description Whose face an attempt shows, and the new name of its file.
         */
        FaceReprocessedAnswer: {
            face_name: string;
            message: string;
            score: number;
            /** @enum {unknown} */
            success: true;
            training_file: string;
        };
        /**
         * FaceSeenAnswer
         * @description Whose face is in a picture; `unknown` for nobody who is known.
         */
        FaceSeenAnswer: {
            face_name: string;
            score: number;
            /** @enum {unknown} */
            success: true;
        };
        Failure: {
            message: string;
            /** @constant */
            success: false;
        };
        /**
         * FalsePlaceAnswer
         * @description A place where detections were often false.
         */
        FalsePlaceAnswer: {
            box: number[];
            deleted: number;
            held_back: number;
            label: string;
            marked_correct: number;
            marked_false: number;
            more_evidence: number;
            rejected: number;
            weight: number;
        };
        /**
         * FalsePlacesAnswer
         * @description Such places of a camera.
         */
        FalsePlacesAnswer: {
            begins_at: number;
            camera: string;
            enabled: boolean;
            full_at: number;
            half_life_days: number;
            places: components["schemas"]["FalsePlaceAnswer"][];
        };
        /**
         * FileEntryAnswer
         * @description A file or a directory; only files have a `size`.
         */
        FileEntryAnswer: {
            mtime: string;
            name: string;
            size?: number;
            /** @enum {unknown} */
            type: "directory" | "file";
        };
        /**
         * FirstDetectorAnswer
         * @description A detector that is configured, and the name of its model if it has one.
         */
        FirstDetectorAnswer: {
            model: string | null;
            type: string;
        };
        /**
         * FirstDiskAnswer
         * @description The disk of the recordings.
         */
        FirstDiskAnswer: {
            floor_bytes: number;
            free_bytes: number;
            total_bytes: number;
        };
        /**
         * FirstLoginAnswer
         * @description Whether the login page should say where the first password is.
         */
        FirstLoginAnswer: {
            admin_first_time_login: boolean;
        };
        /**
         * FirstRunAnswer
         * @description Whether cameras have to be set up, and what there is.
         */
        FirstRunAnswer: {
            cameras: number;
            config_path: string;
            detectors: {
                [key: string]: components["schemas"]["FirstDetectorAnswer"];
            };
            disk: components["schemas"]["FirstDiskAnswer"];
            due: boolean;
            version: string;
        };
        /**
         * ForecastAnswer
         * @description What all recordings will take, and whether the disk has room for it.
         */
        ForecastAnswer: {
            cameras: {
                [key: string]: components["schemas"]["CameraForecastAnswer"];
            };
            fits: boolean;
            floor_bytes: number;
            free_bytes: number;
            needed_bytes: number;
            total_bytes: number;
            used_bytes: number;
        };
        /**
         * ForecastBody
         * @description Keys to try, as nested maps, and how many bytes a second a camera sends if that is known better.
         */
        ForecastBody: {
            /** Config */
            config?: {
                [key: string]: unknown;
            } | null;
            /**
             * Rates
             * @default {}
             */
            rates: {
                [key: string]: number;
            };
        };
        /**
         * FoundCameraAnswer
         * @description A camera that has answered on the network.
         */
        FoundCameraAnswer: {
            address: string;
            hardware: string;
            host: string;
            location: string;
            name: string;
            port: number;
        };
        /**
         * FoundEventAnswer
         * @description An event that was searched for.
         */
        FoundEventAnswer: {
            box: null;
            camera: string;
            data: Record<string, unknown>;
            end_time: number | null;
            false_positive: boolean | null;
            has_clip: boolean;
            has_snapshot: boolean;
            id: string;
            label: string;
            labels: string[];
            plus_id: string | null;
            retain_indefinitely: boolean;
            search_distance: number;
            /** @enum {unknown} */
            search_source: "description";
            start_time: number;
            sub_label: string | null;
            top_score: number | null;
            zones: string[];
        };
        /**
         * FoundMotionAnswer
         * @description A span with motion, and where it was.
         */
        FoundMotionAnswer: {
            box: number[];
            end_time: number;
            start_time: number;
            strength: number;
        };
        /**
         * FramePlusAnswer
         * @description A recorded frame was sent likewise.
         */
        FramePlusAnswer: {
            message: string;
            plus_id: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * FromExport
         * @description Which export to replay.
         */
        FromExport: {
            /** Export Id */
            export_id: string;
        };
        /**
         * FullEventAnswer
         * @description An event by its id, with keys of old releases.
         */
        FullEventAnswer: {
            area: null;
            box: null;
            camera: string;
            data: Record<string, unknown>;
            detector_type: null;
            end_time: number | null;
            false_positive: boolean | null;
            has_clip: boolean;
            has_snapshot: boolean;
            id: string;
            label: string;
            labels: string[];
            model_hash: null;
            model_type: null;
            plus_id: string | null;
            ratio: null;
            region: null;
            retain_indefinitely: boolean;
            score: null;
            start_time: number;
            sub_label: string | null;
            thumbnail: string | null;
            top_score: number | null;
            zones: string[];
        };
        /**
         * GapAnswer
         * @description A span in which nothing was recorded.
         */
        GapAnswer: {
            end_time: number;
            start_time: number;
        };
        /**
         * GrowthAnswer
         * @description How many MiB recordings grow a day, and in how many days the disk is full.
         */
        GrowthAnswer: {
            full_in_days: number | null;
            growth_per_day: number | null;
        };
        /**
         * HealthAnswer
         * @description All that is wrong now.
         */
        HealthAnswer: {
            problems: components["schemas"]["ProblemAnswer"][];
            /** @enum {unknown} */
            status: "error" | "ok" | "warning";
        };
        /**
         * HeardAnswer
         * @description How a sound was heard; the threshold is that of a sound that was told apart.
         */
        HeardAnswer: {
            min_volume: number;
            score: number;
            threshold?: number;
            time: number;
        };
        /**
         * IdsBody
         * @description The body that lists the ids of exports.
         */
        IdsBody: {
            /** Ids */
            ids: string[];
        };
        /**
         * InstalledModelAnswer
         * @description A model of the data directory.
         */
        InstalledModelAnswer: {
            in_use: boolean;
            labels: number | null;
            name: string;
            sha256: string;
            size_bytes: number;
            type: string | null;
        };
        Invalid: {
            detail: {
                input?: unknown;
                loc: unknown[];
                msg: string;
                type: string;
            }[];
        };
        /**
         * JobAnswer
         * @description Work in the background, and how far it is.
         */
        JobAnswer: {
            camera: string | null;
            current_step: string;
            end_time: number | null;
            error_message: string | null;
            export_case_id: string | null;
            id: string;
            job_type: string;
            name: string | null;
            progress_percent: number;
            request_end_time: number | null;
            request_start_time: number | null;
            results: Record<string, unknown> | null;
            start_time: number | null;
            /** @enum {unknown} */
            status: "cancelled" | "failed" | "queued" | "running" | "success";
        };
        /**
         * KeptFootageAnswer
         * @description Footage of one kind, for how long it is kept, and because of which setting.
         */
        KeptFootageAnswer: {
            days: number;
            setting: string;
            what: string;
        };
        /**
         * KeyframesAnswer
         * @description How far apart the keyframes of a camera are, in seconds.
         */
        KeyframesAnswer: {
            advice: string;
            camera: string;
            keyframes: number;
            longest_interval: number | null;
            mean_interval: number | null;
            seconds: number;
            shortest_interval: number | null;
        };
        /**
         * KindUsageAnswer
         * @description What a kind of files takes; how many files is null for recordings.
         */
        KindUsageAnswer: {
            bytes: number;
            files: number | null;
        };
        /**
         * KnownModelAnswer
         * @description A model that can be installed by its name.
         */
        KnownModelAnswer: {
            about: string;
            height: number;
            installed: boolean;
            licence: string;
            name: string;
            precision: number;
            size_bytes: number;
            type: string;
            width: number;
        };
        /**
         * KnownModelBody
         * @description Which known model to install, and whether it is to detect from then on.
         */
        KnownModelBody: {
            /** Name */
            name: string;
            /**
             * Use
             * @default true
             */
            use: boolean;
        };
        /**
         * LimitAnswer
         * @description A limit that an object has kept.
         */
        LimitAnswer: {
            limit: number | null;
            masks?: number;
            setting: string;
            value: number | null;
        };
        /**
         * ListedEventAnswer
         * @description An event of a list; `thumbnail` is WebP or JPEG in base64.
         */
        ListedEventAnswer: {
            box: null;
            camera: string;
            data: Record<string, unknown>;
            end_time: number | null;
            false_positive: boolean | null;
            has_clip: boolean;
            has_snapshot: boolean;
            id: string;
            label: string;
            labels: string[];
            plus_id: string | null;
            retain_indefinitely: boolean;
            start_time: number;
            sub_label: string | null;
            thumbnail: string | null;
            top_score: number | null;
            zones: string[];
        };
        /**
         * LogAnswer
         * @description Lines of the log.
         */
        LogAnswer: {
            lines: string[];
            totalLines: number;
        };
        /**
         * LoginMethodsAnswer
         * @description How users can log in.
         */
        LoginMethodsAnswer: {
            logout_url: string | null;
            oidc: components["schemas"]["LoginProviderAnswer"] | null;
            password: boolean;
        };
        /**
         * LoginProviderAnswer
         * @description What the button of an OpenID Connect provider says.
         */
        LoginProviderAnswer: {
            label: string;
        };
        /**
         * LoudnessAnswer
         * @description The mean loudness of a span.
         */
        LoudnessAnswer: {
            audio: number;
            start_time: number;
        };
        /**
         * ManualBody
         * @description The body of a manual event.
         */
        ManualBody: {
            draw?: components["schemas"]["Drawn"] | null;
            /**
             * Duration
             * @default 30
             */
            duration: number | null;
            /**
             * Include Recording
             * @default true
             */
            include_recording: boolean;
            /** Pre Capture */
            pre_capture?: number | null;
            /**
             * Score
             * @default 0
             */
            score: number;
            /** Sub Label */
            sub_label?: string | null;
        };
        /**
         * ManualEnd
         * @description The body that ends a manual event.
         */
        ManualEnd: {
            /** End Time */
            end_time?: number | null;
        };
        /**
         * MemoryUsageAnswer
         * @description The memory of a process, in percent as text.
         */
        MemoryUsageAnswer: {
            mem: string;
        };
        /**
         * MistakeAnswer
         * @description A mistake in a configuration.
         */
        MistakeAnswer: {
            column: number | null;
            hint: string | null;
            line: number | null;
            message: string;
            path: string;
        };
        /**
         * ModelsAnswer
         * @description The models that are known, and those that are there.
         */
        ModelsAnswer: {
            in_use: string[];
            installed: components["schemas"]["InstalledModelAnswer"][];
            known: components["schemas"]["KnownModelAnswer"][];
        };
        /**
         * ModelUsedAnswer
         * @description What has changed in force.
         */
        ModelUsedAnswer: {
            changes: string[];
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * MomentAnswer
         * @description Something that happened to an event.
         */
        MomentAnswer: {
            camera: string;
            class_type: string;
            data: Record<string, unknown>;
            /** @enum {unknown} */
            source: "api" | "audio" | "tracked_object";
            source_id: string;
            timestamp: number;
        };
        /**
         * MomentsByHourAnswer
         * @description Such moments by the epoch second at which their hour begins.
         */
        MomentsByHourAnswer: {
            count: number;
            end: number;
            hours: {
                [key: string]: components["schemas"]["MomentAnswer"][];
            };
            start: number;
        };
        /**
         * MonitorAnswer
         * @description Whether a language model watches.
         */
        MonitorAnswer: {
            active: boolean;
        };
        /**
         * MotionAnswer
         * @description The largest motion of a span, 0 to 100, and the cameras with motion, separated by commas.
         */
        MotionAnswer: {
            camera: string;
            motion: number;
            start_time: number;
        };
        /**
         * MotionSearchAnswer
         * @description A search and what it has found until now.
         */
        MotionSearchAnswer: {
            camera: string;
            candidates: components["schemas"]["FoundMotionAnswer"][];
            complete: boolean | null;
            end_time: number;
            job_id: string;
            message: string;
            progress: number;
            results: components["schemas"]["FoundMotionAnswer"][];
            segments_scanned: number | null;
            segments_unknown: number;
            segments_unreadable: number | null;
            segments_with_motion: number;
            start_time: number;
            /** @enum {unknown} */
            status: "cancelled" | "failed" | "queued" | "running" | "success";
            step: string;
            success: boolean;
        };
        /**
         * MotionSearchBody
         * @description What is searched.
         */
        MotionSearchBody: {
            /** End Time */
            end_time: number;
            /**
             * Max Results
             * @default 25
             */
            max_results: number;
            /**
             * Min Area
             * @default 5
             */
            min_area: number;
            /**
             * Parallel
             * @default false
             */
            parallel: boolean;
            /** Polygon Points */
            polygon_points: [
                number,
                number
            ][];
            /** Start Time */
            start_time: number;
            /**
             * Threshold
             * @default 30
             */
            threshold: number;
        };
        /**
         * NameBody
         * @description The body that renames an export.
         */
        NameBody: {
            /** Name */
            name: string;
        };
        /**
         * NamedProfileAnswer
         * @description A profile of the configuration.
         */
        NamedProfileAnswer: {
            friendly_name: string;
            name: string;
        };
        /**
         * NewName
         * @description The body of a new name.
         */
        NewName: {
            /** New Name */
            new_name: string;
        };
        /**
         * NewPassword
         * @description A password to be set; users without the admin role also give the present one.
         */
        NewPassword: {
            /** Old Password */
            old_password?: string | null;
            /** Password */
            password: string;
        };
        /**
         * NewRole
         * @description A role to be set.
         */
        NewRole: {
            /** Role */
            role: string;
        };
        /**
         * NewShareAnswer
         * @description A link, and where it is; `url` is null if the request names no host.
         */
        NewShareAnswer: {
            message: string;
            path: string;
            share: components["schemas"]["ShareAnswer"];
            /** @enum {unknown} */
            success: true;
            url: string | null;
        };
        /**
         * NewUser
         * @description An account to be made.
         */
        NewUser: {
            /** Password */
            password: string;
            /**
             * Role
             * @default viewer
             */
            role: string;
            /** Username */
            username: string;
        };
        /**
         * NoticeAnswer
         * @description What a configuration says without effect.
         */
        NoticeAnswer: {
            line: number | null;
            message: string;
            path: string;
        };
        /**
         * NotificationsAnswer
         * @description Whether a camera notifies; `suspended_until` is in epoch seconds, `cooldown` in seconds.
         */
        NotificationsAnswer: {
            cooldown: number;
            enabled: boolean;
            suspended_until: number;
        };
        /**
         * OneJobAnswer
         * @description A job; null if none goes on.
         */
        OneJobAnswer: {
            job: components["schemas"]["JobAnswer"] | null;
        };
        /**
         * OneOfAllJobsAnswer
         * @description A job of any kind.
         */
        OneOfAllJobsAnswer: {
            job: components["schemas"]["OwnedJobAnswer"];
        };
        /**
         * OutputPresetsAnswer
         * @description Names of presets for what is written.
         */
        OutputPresetsAnswer: {
            detect: string[];
            record: string[];
        };
        /**
         * OwnedJobAnswer
         * @description A job, who asked for it, and when.
         */
        OwnedJobAnswer: {
            camera: string | null;
            created_at: number;
            current_step: string;
            end_time: number | null;
            error_message: string | null;
            export_case_id: string | null;
            id: string;
            job_type: string;
            name: string | null;
            owner: string;
            progress_percent: number;
            request_end_time: number | null;
            request_start_time: number | null;
            results: Record<string, unknown> | null;
            start_time: number | null;
            /** @enum {unknown} */
            status: "cancelled" | "failed" | "queued" | "running" | "success";
        };
        /**
         * PathsAnswer
         * @description The addresses of all inputs and streams, with their secrets.
         */
        PathsAnswer: {
            cameras: Record<string, unknown>;
            go2rtc: Record<string, unknown>;
        };
        /**
         * PlaceDoubtAnswer
         * @description That an object began where detections were often false.
         */
        PlaceDoubtAnswer: {
            asked: number;
            enough_time: number | null;
            evidence: number;
            more: number;
            moved_away: boolean;
        };
        /**
         * Plate
         * @description The body of a licence plate; an empty one takes it away.
         */
        Plate: {
            /** Recognizedlicenseplate */
            recognizedLicensePlate: string;
            /** Recognizedlicenseplatescore */
            recognizedLicensePlateScore?: number | null;
        };
        /**
         * PlateReadAnswer
         * @description A licence plate was read; `name` is what the configuration calls it.
         */
        PlateReadAnswer: {
            message: string;
            name: string | null;
            plate: string;
            score: number;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * PlusAnswer
         * @description A picture was sent to the dataset, or to a labelling service.
         */
        PlusAnswer: {
            plus_id: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * PresetsAnswer
         * @description The names of presets that the configuration takes.
         */
        PresetsAnswer: {
            hwaccel_args: string[];
            input_args: string[];
            output_args: components["schemas"]["OutputPresetsAnswer"];
        };
        /**
         * PreviewAnswer
         * @description The film of an hour in little.
         */
        PreviewAnswer: {
            camera: string;
            end: number;
            src: string;
            start: number;
            /** @enum {unknown} */
            type: "video/mp4";
        };
        /**
         * ProbeAnswer
         * @description What a stream consists of; `stderr` lists the reason if it cannot be opened, and `stdout` is empty then.
         */
        ProbeAnswer: {
            metadata?: {
                [key: string]: Record<string, unknown>[];
            };
            return_code: number;
            stderr: string | string[];
            stdout: string | Record<string, unknown>;
        };
        /**
         * ProbeBody
         * @description Which camera to ask, and as whom.
         */
        ProbeBody: {
            /**
             * Host
             * @default
             */
            host: string;
            /**
             * Password
             * @default
             */
            password: string;
            /**
             * Port
             * @default 80
             */
            port: number;
            /**
             * Username
             * @default
             */
            username: string;
        };
        /**
         * ProbedCameraAnswer
         * @description What a camera has; `proposal` is a section for `cameras`.
         */
        ProbedCameraAnswer: {
            autotrack_supported: boolean;
            features: string[];
            firmware_version: string;
            host: string;
            manufacturer: string;
            message: string;
            model: string;
            port: number;
            presets: string[];
            presets_count: number;
            profiles_count: number;
            proposal: Record<string, unknown>;
            ptz_supported: boolean;
            rtsp_candidates: components["schemas"]["StreamCandidateAnswer"][];
            serial_number: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * ProblemAnswer
         * @description Something that is wrong; `detail` is for administrators only.
         */
        ProblemAnswer: {
            action: string;
            camera: string | null;
            cost: string;
            detail?: string;
            id: string;
            kind: string;
            /** @enum {unknown} */
            severity: "error" | "warning";
            since: number;
            text: string;
        };
        /**
         * ProcessFiguresAnswer
         * @description A worker process.
         */
        ProcessFiguresAnswer: {
            cpu: string;
            dropped_messages: number;
            mem: string;
            pid: number;
            restarts: number;
        };
        /**
         * ProducerAnswer
         * @description Where a stream comes from.
         */
        ProducerAnswer: {
            medias: string[];
            url: string;
        };
        /**
         * ProfileAnswer
         * @description Who asks, and which cameras they may see.
         */
        ProfileAnswer: {
            allowed_cameras: string[];
            role: string;
            username: string;
        };
        /**
         * ProfilesAnswer
         * @description All profiles, and when (epoch s) each was activated last.
         */
        ProfilesAnswer: {
            active_profile: string | null;
            last_activated: {
                [key: string]: number;
            };
            profiles: components["schemas"]["NamedProfileAnswer"][];
        };
        /**
         * PtzBody
         * @description An order to a camera.
         */
        PtzBody: {
            /** Command */
            command: string;
        };
        /**
         * PtzInfoAnswer
         * @description What a camera that turns can do; nothing of another.
         */
        PtzInfoAnswer: {
            features?: string[];
            name?: string;
            presets?: string[];
            profiles?: components["schemas"]["PtzProfileAnswer"][];
        };
        /**
         * PtzProfileAnswer
         * @description A media profile.
         */
        PtzProfileAnswer: {
            name: string;
            token: string;
        };
        /**
         * RangeDeletedAnswer
         * @description Recordings were deleted: how many, and how many were kept.
         */
        RangeDeletedAnswer: {
            deleted: number;
            kept: number;
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * Reclassified
         * @description The body that moves a picture from one person to another.
         */
        Reclassified: {
            /** Id */
            id: string;
            /** New Name */
            new_name: string;
        };
        /**
         * RecordedDayAnswer
         * @description A day and its hours, newest first.
         */
        RecordedDayAnswer: {
            day: string;
            events: number;
            hours: components["schemas"]["RecordedHourAnswer"][];
        };
        /**
         * RecordedHourAnswer
         * @description The sums of an hour.
         */
        RecordedHourAnswer: {
            duration: number;
            events: number;
            hour: string;
            motion: number;
            objects: number;
        };
        Refusal: {
            detail?: string;
            message: string;
            /** @constant */
            success: false;
        };
        /**
         * RegisteredAnswer
         * @description A subscription is kept, under this id.
         */
        RegisteredAnswer: {
            id: string;
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * Registration
         * @description A browser that wants notifications.
         */
        Registration: {
            /** Name */
            name?: string | null;
            /** Sub */
            sub?: unknown;
        };
        /**
         * RemovalAnswer
         * @description A camera was taken out of the configuration; the job deletes what there is of it.
         */
        RemovalAnswer: {
            job: components["schemas"]["JobAnswer"];
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * ReplayBody
         * @description Which recordings to replay.
         */
        ReplayBody: {
            /** Camera */
            camera: string;
            /** End Time */
            end_time: number;
            /** Start Time */
            start_time: number;
        };
        /**
         * ReplayJobAnswer
         * @description The replay of recordings that goes on, or the last one.
         */
        ReplayJobAnswer: {
            active: boolean;
            job: components["schemas"]["JobAnswer"] | null;
        };
        /**
         * ReviewAnswer
         * @description A review item.
         */
        ReviewAnswer: {
            camera: string;
            data: components["schemas"]["ReviewDataAnswer"];
            end_time: number | null;
            has_been_reviewed: boolean;
            id: string;
            /** @enum {unknown} */
            severity: "alert" | "detection";
            start_time: number;
            thumb_path: string;
        };
        /**
         * ReviewCountsAnswer
         * @description How many items there were, and how many of them the caller has seen; `day` is absent for the last 24 hours.
         */
        ReviewCountsAnswer: {
            day?: string;
            reviewed_alert: number;
            reviewed_detection: number;
            total_alert: number;
            total_detection: number;
        };
        /**
         * ReviewDataAnswer
         * @description What a review item lists.
         */
        ReviewDataAnswer: {
            audio: string[];
            detections: string[];
            metadata?: Record<string, unknown> | null;
            objects: string[];
            significant_motion_areas?: unknown[];
            sub_labels: string[];
            thumb_time?: number | null;
            verified_objects?: string[];
            zones: string[];
        };
        /**
         * ReviewIds
         * @description The body that names review items; a comma list is taken too.
         */
        ReviewIds: {
            /** Ids */
            ids: string[];
        };
        /**
         * ScoredFrameAnswer
         * @description A frame in which an object was detected.
         */
        ScoredFrameAnswer: {
            box: number[];
            score: number;
            time: number;
        };
        /**
         * ScoresAnswer
         * @description Which scores made an object count.
         */
        ScoresAnswer: {
            best: components["schemas"]["ScoredFrameAnswer"];
            detections: number;
            false_place?: components["schemas"]["PlaceDoubtAnswer"];
            first: components["schemas"]["ScoredFrameAnswer"];
            last: components["schemas"]["ScoredFrameAnswer"];
            median: number;
            missed: number;
            reached: [
                number,
                number
            ][];
            threshold: number;
            top_score: number;
        };
        /**
         * SdpAnswer
         * @description What answers an offer of WebRTC.
         */
        SdpAnswer: {
            sdp: string;
            /** @enum {unknown} */
            type: "answer";
        };
        /**
         * SearchBegunAnswer
         * @description A search has begun.
         */
        SearchBegunAnswer: {
            job_id: string;
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * SegmentAnswer
         * @description A recorded segment; `segment_size` is in MiB, `motion_heatmap` has how often each cell moved.
         */
        SegmentAnswer: {
            duration: number;
            end_time: number;
            id: string;
            motion: number;
            motion_heatmap: {
                [key: string]: number;
            } | null;
            objects: number;
            segment_size: number;
            start_time: number;
        };
        /**
         * SeriesAnswer
         * @description Figures over time; lists are as long as `times`.
         */
        SeriesAnswer: {
            cameras: {
                [key: string]: {
                    [key: string]: (number | null)[];
                };
            };
            detectors: {
                [key: string]: {
                    [key: string]: (number | null)[];
                };
            };
            disks: {
                [key: string]: {
                    [key: string]: (number | null)[];
                };
            };
            gpus: {
                [key: string]: {
                    [key: string]: (number | null)[];
                };
            };
            machine: {
                [key: string]: (number | null)[];
            };
            processes: {
                [key: string]: {
                    [key: string]: (number | null)[];
                };
            };
            /** @enum {unknown} */
            step: 15 | 120;
            temperatures: {
                [key: string]: {
                    [key: string]: (number | null)[];
                };
            };
            times: number[];
        };
        /**
         * ServiceAnswer
         * @description The program itself.
         */
        ServiceAnswer: {
            config_mistakes: number;
            database: Record<string, unknown>;
            last_updated: number;
            latest_version: string;
            queues: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            storage: {
                [key: string]: components["schemas"]["VolumeAnswer"];
            };
            temperatures: {
                [key: string]: number;
            };
            uptime: number;
            version: string;
        };
        /**
         * SessionAnswer
         * @description A session of an account.
         */
        SessionAnswer: {
            address: string;
            agent: string;
            created_at: number;
            current: boolean;
            expires_at: number;
            id: string;
            used_at: number;
        };
        /**
         * SessionsEndedAnswer
         * @description Sessions were ended, so many.
         */
        SessionsEndedAnswer: {
            ended: number;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * SetBody
         * @description Keys to change, as nested maps, and when that is to be in force.
         */
        SetBody: {
            /** Config Data */
            config_data?: {
                [key: string]: unknown;
            } | null;
            /**
             * Requires Restart
             * @default 1
             */
            requires_restart: number;
            /**
             * Skip Save
             * @default false
             */
            skip_save: boolean;
            /** Update Topic */
            update_topic?: string | null;
        };
        /**
         * SettingsTrialBody
         * @description What to try, and on which recordings.
         */
        SettingsTrialBody: {
            /** Config */
            config: {
                [key: string]: unknown;
            };
            /** From */
            from: number;
            /** To */
            to: number;
        };
        /**
         * ShareAnswer
         * @description A link that needs no login.
         */
        ShareAnswer: {
            blur_faces: boolean;
            camera: string;
            created_at: number;
            end_time: number;
            ended_at: number | null;
            event_id: string | null;
            expires_at: number;
            export_id: string | null;
            id: string;
            /** @enum {unknown} */
            kind: "clip" | "event" | "export";
            made_by: string;
            made_from: string;
            masks: number;
            reason: string | null;
            start_time: number;
            /** @enum {unknown} */
            state: "ended" | "preparing" | "ready";
            title: string | null;
            used_at: number | null;
            uses: number;
        };
        /**
         * ShareBody
         * @description What is shared: either `camera` with its range, or `event_id`, or `export_id`.
         */
        ShareBody: {
            /**
             * Blur Faces
             * @default false
             */
            blur_faces: boolean;
            /** Camera */
            camera?: string | null;
            /** End Time */
            end_time?: number | null;
            /** Event Id */
            event_id?: string | null;
            /** Export Id */
            export_id?: string | null;
            /** Hours */
            hours?: number | null;
            /**
             * Polygons
             * @default []
             */
            polygons: string[];
            /**
             * Privacy Masks
             * @default false
             */
            privacy_masks: boolean;
            /** Start Time */
            start_time?: number | null;
            /** Title */
            title?: string | null;
        };
        /**
         * ShareUseAnswer
         * @description Somebody has looked at a link.
         */
        ShareUseAnswer: {
            address: string;
            agent: string;
            time: number;
            /** @enum {unknown} */
            what: "clip" | "page" | "snapshot" | "thumbnail";
        };
        /**
         * StatsAnswer
         * @description The figures of cameras, detectors, processes and disks.
         */
        StatsAnswer: {
            bandwidth_usages: Record<string, unknown>;
            camera_fps: number;
            cameras: {
                [key: string]: components["schemas"]["CameraFiguresAnswer"];
            };
            cpu_usages: {
                [key: string]: components["schemas"]["UsageAnswer"];
            };
            detection_fps: number;
            detectors: {
                [key: string]: components["schemas"]["DetectorFiguresAnswer"];
            };
            embeddings: Record<string, unknown>;
            gpu_usages: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            mem_usages: {
                [key: string]: components["schemas"]["MemoryUsageAnswer"];
            };
            npu_usages: Record<string, unknown>;
            process_fps: number;
            processes: {
                [key: string]: components["schemas"]["ProcessFiguresAnswer"];
            };
            service: components["schemas"]["ServiceAnswer"];
            skipped_fps: number;
        };
        /**
         * StayAnswer
         * @description How long an object was in a zone.
         */
        StayAnswer: {
            entered_time: number | null;
            inertia: number;
            inside: number;
            loitering_time: number;
            longest_s: number;
            speed_threshold: number | null;
            zone: string;
        };
        /**
         * StorageAnswer
         * @description What uses the disks.
         */
        StorageAnswer: {
            cameras: {
                [key: string]: components["schemas"]["CameraUsageAnswer"];
            };
            disks: components["schemas"]["DiskAnswer"][];
            floor_bytes: number;
            full_in_days: number | null;
            growth_bytes_per_day: number | null;
            kinds: {
                [key: string]: components["schemas"]["KindUsageAnswer"];
            };
            measured_at: number;
        };
        /**
         * StorageDayAnswer
         * @description A day.
         */
        StorageDayAnswer: {
            cameras: {
                [key: string]: components["schemas"]["CameraDayAnswer"];
            };
            day: string;
        };
        /**
         * StorageDaysAnswer
         * @description Days, newest first.
         */
        StorageDaysAnswer: {
            days: components["schemas"]["StorageDayAnswer"][];
        };
        /**
         * StreamAnswer
         * @description A stream that can be played.
         */
        StreamAnswer: {
            consumers: components["schemas"]["ConsumerAnswer"][];
            producers: components["schemas"]["ProducerAnswer"][];
        };
        /**
         * StreamBody
         * @description The address of a stream, and how long to look at it.
         */
        StreamBody: {
            /**
             * Password
             * @default
             */
            password: string;
            /**
             * Picture
             * @default true
             */
            picture: boolean;
            /**
             * Seconds
             * @default 5
             */
            seconds: number;
            /** Url */
            url: string;
            /**
             * Username
             * @default
             */
            username: string;
        };
        /**
         * StreamCandidateAnswer
         * @description A stream of a camera.
         */
        StreamCandidateAnswer: {
            encoding: string;
            fps: number;
            height: number;
            name: string;
            profile_token: string;
            snapshot_uri: string;
            source: string;
            uri: string;
            width: number;
        };
        /**
         * StreamTrialAnswer
         * @description What a stream consists of, its rate, and a JPEG in base64.
         */
        StreamTrialAnswer: {
            bytes_per_second: number | null;
            fps: number | null;
            height: number;
            keyframe_interval: number | null;
            message: string;
            picture: string | null;
            seconds: number;
            streams: Record<string, unknown>[];
            /** @enum {unknown} */
            success: true;
            width: number;
        };
        /**
         * SubLabel
         * @description The body of a new sub-label; `camera` is known to clients and not needed.
         */
        SubLabel: {
            /** Sublabel */
            subLabel: string;
            /** Sublabelscore */
            subLabelScore?: number | null;
        };
        /**
         * Submission
         * @description The body of a submission.
         */
        Submission: {
            /**
             * Include Annotation
             * @default true
             */
            include_annotation: boolean;
        };
        /**
         * SwitchBody
         * @description The body that sets a switch.
         */
        SwitchBody: {
            /** Value */
            value: string;
        };
        /**
         * SyncBody
         * @description How to do it.
         */
        SyncBody: {
            /**
             * Dry Run
             * @default false
             */
            dry_run: boolean;
        };
        /**
         * TestSentAnswer
         * @description What became of a test message.
         */
        TestSentAnswer: {
            devices: components["schemas"]["TriedDeviceAnswer"][];
            message: string;
            /** @enum {unknown} */
            success: true;
        };
        /**
         * ToolsAnswer
         * @description The tools of a chat.
         */
        ToolsAnswer: {
            tools: unknown[];
        };
        /**
         * TrainingFile
         * @description The body that names an attempt.
         */
        TrainingFile: {
            /** Training File */
            training_file: string;
        };
        /**
         * TrialAnswer
         * @description What was tried, and what has come of it; null before the end.
         */
        TrialAnswer: {
            config: Record<string, unknown>;
            job: components["schemas"]["JobAnswer"];
            result: components["schemas"]["TrialResultAnswer"] | null;
        };
        /**
         * TrialBody
         * @description Which devices get a test message: one, or all of the caller's.
         */
        TrialBody: {
            /** Device */
            device?: string | null;
        };
        /**
         * TrialChangeAnswer
         * @description An event of both replays that differs.
         */
        TrialChangeAnswer: {
            after: components["schemas"]["TrialEventAnswer"];
            before: components["schemas"]["TrialEventAnswer"];
        };
        /**
         * TrialCountsAnswer
         * @description Numbers of events.
         */
        TrialCountsAnswer: {
            changed: number;
            gained: number;
            lost: number;
            unchanged: number;
        };
        /**
         * TrialEventAnswer
         * @description An event of one of the replays.
         */
        TrialEventAnswer: {
            box: [
                number,
                number,
                number,
                number
            ];
            end_time: number;
            has_clip: boolean;
            has_snapshot: boolean;
            has_thumbnail: boolean;
            id: string;
            label: string;
            reasons: components["schemas"]["TrialReasonAnswer"][];
            score: number;
            severity: ("alert" | "detection") | null;
            start_time: number;
            sub_label: string | null;
            why: components["schemas"]["TrialWhyAnswer"] | null;
            zones: string[];
        };
        /**
         * TrialGapAnswer
         * @description A time without footage.
         */
        TrialGapAnswer: {
            end_time: number;
            start_time: number;
        };
        /**
         * TrialReasonAnswer
         * @description Why the other settings have made no event of it.
         */
        TrialReasonAnswer: {
            limit: number | null;
            setting: string;
            text: string;
            value: number | null;
        };
        /**
         * TrialResultAnswer
         * @description What differs between the settings in force and those that were tried.
         */
        TrialResultAnswer: {
            after: components["schemas"]["TrialSideAnswer"];
            before: components["schemas"]["TrialSideAnswer"];
            changed: components["schemas"]["TrialChangeAnswer"][];
            counts: components["schemas"]["TrialCountsAnswer"];
            detector: string;
            dropped: components["schemas"]["TrialCountsAnswer"];
            gained: components["schemas"]["TrialEventAnswer"][];
            lost: components["schemas"]["TrialEventAnswer"][];
            missing: components["schemas"]["TrialGapAnswer"][];
            seconds: number;
            unchanged: components["schemas"]["TrialEventAnswer"][];
        };
        /**
         * TrialSideAnswer
         * @description What came of one of the two replays.
         */
        TrialSideAnswer: {
            events: number;
            frames: number;
        };
        /**
         * TrialWhyAnswer
         * @description What decided that it is an event.
         */
        TrialWhyAnswer: {
            decisions: components["schemas"]["DecisionAnswer"][];
            filters: components["schemas"]["LimitAnswer"][];
            scores: components["schemas"]["ScoresAnswer"] | null;
            text: string[];
            zones: components["schemas"]["StayAnswer"][];
        };
        /**
         * TriedDeviceAnswer
         * @description A device to which a test message was sent.
         */
        TriedDeviceAnswer: {
            created_at: number;
            delivered: boolean;
            delivered_at: number | null;
            error: string | null;
            failed_at: number | null;
            id: string;
            name: string;
            service: string;
            user: string;
        };
        /**
         * TriesAnswer
         * @description What was tried for a camera.
         */
        TriesAnswer: {
            tries: components["schemas"]["JobAnswer"][];
        };
        /**
         * UiChoicesAnswer
         * @description What a user has chosen in the page.
         */
        UiChoicesAnswer: {
            settings: Record<string, unknown>;
            updated_at: number | null;
            version: number;
        };
        /**
         * UiChoicesBody
         * @description What to keep, and the version that it was made of.
         */
        UiChoicesBody: {
            /** Settings */
            settings: {
                [key: string]: unknown;
            };
            /** Version */
            version?: number | null;
        };
        /**
         * UsageAnswer
         * @description What a process takes, in percent as text.
         */
        UsageAnswer: {
            cmdline?: string;
            cpu: string;
            cpu_average?: string;
            mem: string;
        };
        /**
         * UsedShareAnswer
         * @description A link with its latest uses.
         */
        UsedShareAnswer: {
            blur_faces: boolean;
            camera: string;
            created_at: number;
            end_time: number;
            ended_at: number | null;
            event_id: string | null;
            expires_at: number;
            export_id: string | null;
            id: string;
            /** @enum {unknown} */
            kind: "clip" | "event" | "export";
            latest_uses: components["schemas"]["ShareUseAnswer"][];
            made_by: string;
            made_from: string;
            masks: number;
            reason: string | null;
            start_time: number;
            /** @enum {unknown} */
            state: "ended" | "preparing" | "ready";
            title: string | null;
            used_at: number | null;
            uses: number;
        };
        /**
         * UserAnswer
         * @description An account; `login` is there if its user logs in at a provider.
         */
        UserAnswer: {
            /** @enum {unknown} */
            login?: "oidc";
            role: string;
            username: string;
        };
        /**
         * UserNameAnswer
         * @description An account was made.
         */
        UserNameAnswer: {
            username: string;
        };
        /**
         * VaInfoAnswer
         * @description The devices that VA-API may use, a line each.
         */
        VaInfoAnswer: {
            return_code: number;
            stderr: string;
            stdout: string;
        };
        /**
         * VersionAnswer
         * @description The version of the program.
         */
        VersionAnswer: {
            version: string;
        };
        /**
         * Viewed
         * @description The body that marks items as seen or not.
         */
        Viewed: {
            /** Ids */
            ids: string[];
            /**
             * Reviewed
             * @default true
             */
            reviewed: boolean;
        };
        /**
         * VodClipAnswer
         * @description A file of a mapping; times are in ms.
         */
        VodClipAnswer: {
            clipFrom?: number;
            keyFrameDurations?: number[];
            path: string;
            /** @enum {unknown} */
            type: "source";
        };
        /**
         * VodMappingAnswer
         * @description A range for a VOD server; durations are in ms.
         */
        VodMappingAnswer: {
            cache: boolean;
            consistentSequenceMediaInfo: boolean;
            discontinuity: boolean;
            durations: number[];
            segment_duration: number;
            sequences: components["schemas"]["VodSequenceAnswer"][];
        };
        /**
         * VodSequenceAnswer
         * @description The files of a mapping, in their order.
         */
        VodSequenceAnswer: {
            clips: components["schemas"]["VodClipAnswer"][];
        };
        /**
         * VolumeAnswer
         * @description A disk, in MiB.
         */
        VolumeAnswer: {
            available?: number;
            camera_frame_size?: number;
            free: number;
            mnt_type: string;
            mount_type: string;
            total: number;
            used: number;
        };
        /**
         * WhyAnswer
         * @description Why an event was made.
         */
        WhyAnswer: {
            camera: string;
            created_by: string | null;
            decisions: components["schemas"]["DecisionAnswer"][];
            filters: components["schemas"]["LimitAnswer"][];
            heard: components["schemas"]["HeardAnswer"] | null;
            id: string;
            kept: boolean;
            label: string;
            scores: components["schemas"]["ScoresAnswer"] | null;
            text: string[];
            type: string;
            zones: components["schemas"]["StayAnswer"][];
        };
        Worded: components["schemas"]["Failure"] | components["schemas"]["Refusal"] | string;
    };
    responses: {
        /** @description Refused */
        Refused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"] | components["schemas"]["Refusal"] | components["schemas"]["Invalid"] | components["schemas"]["Busy"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    index__get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    range_preview__camera__start__start__end__end__preview_get: {
        parameters: {
            query?: {
                download?: boolean;
                format?: "gif" | "mp4" | "webp";
                max_cache_age?: number;
            };
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                    "image/webp": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                    "image/webp": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    range_gif__camera__start__start__end__end__preview_gif_get: {
        parameters: {
            query?: {
                download?: boolean;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    range_mp4__camera__start__start__end__end__preview_mp4_get: {
        parameters: {
            query?: {
                download?: boolean;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    range_webp__camera__start__start__end__end__preview_webp_get: {
        parameters: {
            query?: {
                download?: boolean;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    health_api__get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    mjpeg_api__camera__get: {
        parameters: {
            query?: {
                bbox?: boolean;
                fps?: number;
                h?: string | null;
                height?: string | null;
                mask?: boolean;
                motion?: boolean;
                paths?: boolean;
                regions?: boolean;
                timestamp?: boolean;
                zones?: boolean;
            };
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "multipart/x-mixed-replace;boundary=frame": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    latest_thumbnail_api__camera___label__best_jpg_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                label: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    latest_clip_api__camera___label__clip_mp4_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                label: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    latest_snapshot_api__camera___label__snapshot_jpg_get: {
        parameters: {
            query?: {
                bbox?: boolean | null;
                crop?: boolean | null;
                download?: boolean;
                h?: number | null;
                height?: number | null;
                quality?: number | null;
                timestamp?: boolean | null;
            };
            header?: never;
            path: {
                camera: string;
                label: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    latest_thumbnail_api__camera___label__thumbnail_jpg_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                label: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    accept_view_api__camera__camera_health_accept_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    places_api__camera__false_places_get: {
        parameters: {
            query?: {
                label?: string | null;
            };
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FalsePlacesAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    forget_api__camera__false_places_delete: {
        parameters: {
            query?: {
                label?: string | null;
            };
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    picture_api__camera__false_places_jpg_get: {
        parameters: {
            query?: {
                label?: string | null;
            };
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    grid_api__camera__grid_jpg_get: {
        parameters: {
            query?: {
                color?: string;
                font_scale?: number;
            };
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    latest_api__camera__latest__extension__get: {
        parameters: {
            query?: {
                bbox?: boolean;
                h?: string | null;
                height?: string | null;
                mask?: boolean;
                motion?: boolean;
                paths?: boolean;
                quality?: number;
                regions?: boolean;
                store?: boolean;
                timestamp?: boolean;
                zones?: boolean;
            };
            header?: never;
            path: {
                camera: string;
                extension: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    submit_frame_api__camera__plus__frame_time__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                frame_time: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FramePlusAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    order_ptz_api__camera__ptz_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PtzBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    ptz_info_api__camera__ptz_info_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PtzInfoAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_segments_api__camera__recordings_get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
            };
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    still_api__camera__recordings__frame_time__snapshot__extension__get: {
        parameters: {
            query?: {
                height?: number | null;
            };
            header?: never;
            path: {
                camera: string;
                extension: string;
                frame_time: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    summary_api__camera__recordings_summary_get: {
        parameters: {
            query?: {
                timezone?: string;
            };
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordedDayAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    forget_api__camera__region_grid_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    begin_search_api__camera__search_motion_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MotionSearchBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchBegunAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    search_results_api__camera__search_motion__job_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MotionSearchAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    cancel_search_api__camera__search_motion__job_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    range_clip_api__camera__start__start__end__end__clip_mp4_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    range_preview_api__camera__start__start__end__end__preview_get: {
        parameters: {
            query?: {
                download?: boolean;
                format?: "gif" | "mp4" | "webp";
                max_cache_age?: number;
            };
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                    "image/webp": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                    "image/webp": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    range_gif_api__camera__start__start__end__end__preview_gif_get: {
        parameters: {
            query?: {
                download?: boolean;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    range_mp4_api__camera__start__start__end__end__preview_mp4_get: {
        parameters: {
            query?: {
                download?: boolean;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    range_webp_api__camera__start__start__end__end__preview_webp_get: {
        parameters: {
            query?: {
                download?: boolean;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    listed_api__camera__try_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriesAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    begin_api__camera__try_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsTrialBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchBegunAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    found_api__camera__try__job_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    thumbnail_api__camera__try__job_id___event__jpg_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                event: string;
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    cancel_api__camera__try__job_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    audio_labels_api_audio_labels_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_audio_transcribe_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    verdict_api_auth_get: {
        parameters: {
            query?: never;
            header?: {
                "x-original-method"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    first_time_login_api_auth_first_time_login_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FirstLoginAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    methods_api_auth_methods_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginMethodsAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    birdseye_api_birdseye_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    best_of_camera_api_camera__camera__best_jpg_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    latest_alias_api_camera__camera__latest__extension__get: {
        parameters: {
            query?: {
                bbox?: boolean;
                h?: string | null;
                height?: string | null;
                mask?: boolean;
                motion?: boolean;
                paths?: boolean;
                quality?: number;
                regions?: boolean;
                store?: boolean;
                timestamp?: boolean;
                zones?: boolean;
            };
            header?: never;
            path: {
                camera: string;
                extension: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    set_switch_api_camera__camera__set__feature__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                feature: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SwitchBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    set_switch_of_item_api_camera__camera__set__feature___item__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                feature: string;
                item: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SwitchBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    notifications_api_camera_notifications_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["NotificationsAnswer"];
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_camera_api_cameras__name__delete: {
        parameters: {
            query?: {
                delete_exports?: boolean;
                keep_dataset?: boolean;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemovalAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_cases_api_cases_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    add_case_api_cases_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CaseBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    one_case_api_cases__case_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_case_api_cases__case_id__delete: {
        parameters: {
            query?: {
                delete_exports?: boolean;
            };
            header?: never;
            path: {
                case_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    change_case_api_cases__case_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CaseChange"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    download_case_api_cases__case_id__download_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    chat_api_chat_completion_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_chat_execute_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    find_api_chat_tools_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolsAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__dataset_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__dataset__category__create_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                category: string;
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__dataset__category__delete_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                category: string;
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__dataset__category__reclassify_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                category: string;
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__dataset__category__rename_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                category: string;
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__dataset_categorize_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__train_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__train_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification__model__train_delete_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    find_api_classification_attributes_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification_generate_examples_object_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_classification_generate_examples_state_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    clips_api_clips__camera__get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
                limit?: number;
            };
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListedEventAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    camera_clip_api_clips__camera___event_id__mp4_get: {
        parameters: {
            query?: {
                padding?: number;
            };
            header?: never;
            path: {
                camera: string;
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    config_api_config_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    apply_api_config_apply_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigAppliedAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    check_api_config_check_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigCheckAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    cost_api_config_forecast_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ForecastBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ForecastAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    raw_api_config_raw_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    raw_paths_api_config_raw_paths_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PathsAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    save_api_config_save_post: {
        parameters: {
            query?: {
                save_option?: "restart" | "saveonly";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    schema_api_config_schema_json_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    change_api_config_set_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SetBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigDoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    start_api_debug_replay_start_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneJobAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    start_from_export_api_debug_replay_start_from_export_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FromExport"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneJobAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    status_api_debug_replay_status_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayJobAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    stop_api_debug_replay_stop_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_description_generate_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    by_ids_api_event_ids_get: {
        parameters: {
            query: {
                ids: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FullEventAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_events_api_events_get: {
        parameters: {
            query?: {
                after?: number | null;
                attributes?: string;
                before?: number | null;
                camera?: string;
                cameras?: string;
                event_id?: string | null;
                favorites?: boolean | null;
                has_clip?: boolean | null;
                has_snapshot?: boolean | null;
                in_progress?: boolean | null;
                include_thumbnails?: boolean;
                is_submitted?: boolean | null;
                label?: string;
                labels?: string;
                limit?: number;
                max_length?: number | null;
                max_score?: number | null;
                max_speed?: number | null;
                min_length?: number | null;
                min_score?: number | null;
                min_speed?: number | null;
                recognized_license_plate?: string;
                sort?: string;
                sub_label?: string;
                sub_labels?: string;
                time_range?: string;
                timezone?: string;
                zone?: string;
                zones?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListedEventAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_many_api_events__delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventIds"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventsDeletedAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    create_api_events__camera___label__create_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                label: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ManualBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventMadeAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    one_api_events__event_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FullEventAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_api_events__event_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    set_attributes_api_events__event_id__attributes_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Attributes"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    clip_api_events__event_id__clip_mp4_get: {
        parameters: {
            query?: {
                padding?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    set_description_api_events__event_id__description_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Description"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    regenerate_api_events__event_id__description_regenerate_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    end_api_events__event_id__end_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ManualEnd"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    false_positive_api_events__event_id__false_positive_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlusAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    submit_api_events__event_id__plus_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Submission"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlusAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    event_gif_api_events__event_id__preview_gif_get: {
        parameters: {
            query?: {
                download?: boolean;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    event_mp4_api_events__event_id__preview_mp4_get: {
        parameters: {
            query?: {
                download?: boolean;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    event_webp_api_events__event_id__preview_webp_get: {
        parameters: {
            query?: {
                download?: boolean;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    set_plate_api_events__event_id__recognized_license_plate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Plate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    retain_api_events__event_id__retain_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    release_api_events__event_id__retain_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    clean_snapshot_api_events__event_id__snapshot_clean__extension__get: {
        parameters: {
            query?: {
                download?: boolean;
            };
            header?: never;
            path: {
                event_id: string;
                extension: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    snapshot_api_events__event_id__snapshot_jpg_get: {
        parameters: {
            query?: {
                bbox?: boolean | null;
                crop?: boolean | null;
                download?: boolean;
                h?: number | null;
                height?: number | null;
                quality?: number | null;
                timestamp?: boolean | null;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    set_sub_label_api_events__event_id__sub_label_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubLabel"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    thumbnail_api_events__event_id__thumbnail__extension__get: {
        parameters: {
            query?: {
                format?: string;
                max_cache_age?: number;
            };
            header?: never;
            path: {
                event_id: string;
                extension: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    why_api_events__event_id__why_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhyAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    explore_api_events_explore_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExploredEventAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    search_api_events_search_get: {
        parameters: {
            query?: {
                after?: number | null;
                attributes?: string;
                before?: number | null;
                camera?: string;
                cameras?: string;
                favorites?: boolean | null;
                has_clip?: boolean | null;
                has_snapshot?: boolean | null;
                in_progress?: boolean | null;
                is_submitted?: boolean | null;
                label?: string;
                labels?: string;
                limit?: number;
                max_length?: number | null;
                max_score?: number | null;
                max_speed?: number | null;
                min_length?: number | null;
                min_score?: number | null;
                min_speed?: number | null;
                query?: string;
                recognized_license_plate?: string;
                search_type?: string;
                sort?: string;
                sub_label?: string;
                sub_labels?: string;
                time_range?: string;
                timezone?: string;
                zone?: string;
                zones?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundEventAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    summary_api_events_summary_get: {
        parameters: {
            query?: {
                has_clip?: boolean | null;
                has_snapshot?: boolean | null;
                timezone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventCountAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    start_export_api_export__camera__start__start__end__end__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ExportBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportQueuedAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_export_api_export__export_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                export_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    rename_export_by_path_api_export__export_id___new_name__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                export_id: string;
                new_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    rename_export_api_export__export_id__rename_patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                export_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NameBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    start_custom_export_api_export_custom__camera__start__start__end__end__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CustomBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportQueuedAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_exports_api_exports_get: {
        parameters: {
            query?: {
                cameras?: string;
                end_date?: number | null;
                export_case_id?: string | null;
                start_date?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    one_export_api_exports__export_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                export_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    batch_api_exports_batch_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_exports_api_exports_delete_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdsBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    reassign_exports_api_exports_reassign_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    faces_api_faces_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string[];
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    create_api_faces__name__create_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_api_faces__name__delete_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FaceIds"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    reclassify_api_faces__name__reclassify_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reclassified"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FaceKeptAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    register_api_faces__name__register_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FaceKeptAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    rename_api_faces__old_name__rename_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                old_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewName"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    recognize_api_faces_recognize_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FaceSeenAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    reprocess_api_faces_reprocess_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrainingFile"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FaceReprocessedAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    classify_api_faces_train__name__classify_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Classified"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FaceKeptAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    presets_api_ffmpeg_presets_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresetsAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    ffprobe_api_ffprobe_get: {
        parameters: {
            query?: {
                detailed?: boolean;
                paths?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    try_stream_api_ffprobe_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StreamBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamTrialAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    snapshot_api_ffprobe_snapshot_get: {
        parameters: {
            query?: {
                timeout?: number;
                url?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    first_run_api_first_run_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FirstRunAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    find_api_genai_models_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_genai_probe_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    stream_entry_alias_api_go2rtc_api_streams_get: {
        parameters: {
            query: {
                src: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    streams_api_go2rtc_streams_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["StreamAnswer"];
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    stream_entry_api_go2rtc_streams__stream__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    put_stream_api_go2rtc_streams__stream__put: {
        parameters: {
            query?: {
                src?: string[] | null;
            };
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_stream_api_go2rtc_streams__stream__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                stream: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    offer_api_go2rtc_webrtc_post: {
        parameters: {
            query: {
                src: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    sdp: string;
                    /** @constant */
                    type?: "offer";
                };
                "application/sdp": string;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SdpAnswer"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/sdp": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    health_api_health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listed_api_jobs_get: {
        parameters: {
            query?: {
                kind?: string;
                limit?: number;
                live?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllJobsAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    one_api_jobs__job_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneOfAllJobsAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    cancel_api_jobs__job_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_jobs_api_jobs_export_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    one_job_api_jobs_export__export_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                export_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    cancel_job_api_jobs_export__export_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                export_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    keyframe_analysis_api_keyframe_analysis_get: {
        parameters: {
            query?: {
                camera?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyframesAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    labels_api_labels_get: {
        parameters: {
            query?: {
                camera?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    login_api_login_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    begin_api_login_oidc_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description See Other */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    callback_api_login_oidc_callback_get: {
        parameters: {
            query?: {
                code?: string;
                error?: string;
                iss?: string | null;
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description See Other */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    logout_api_logout_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description See Other */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    logs_api_logs__service__get: {
        parameters: {
            query?: {
                download?: boolean;
                end?: number | null;
                start?: number;
                stream?: boolean;
            };
            header?: never;
            path: {
                service: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string | components["schemas"]["LogAnswer"];
                    "text/plain": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    reprocess_api_lpr_reprocess_put: {
        parameters: {
            query: {
                event_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlateReadAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    sync_api_media_sync_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SyncBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneJobAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    current_api_media_sync_current_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneJobAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    status_api_media_sync_status__job_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneJobAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    metrics_api_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listed_api_models_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    install_api_models_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KnownModelBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneJobAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    remove_api_models__name__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    use_api_models__name__use_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelUsedAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    devices_api_notifications_devices_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    forget_api_notifications_devices__device_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    public_key_api_notifications_pubkey_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    register_api_notifications_register_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Registration"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    send_test_api_notifications_test_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TrialBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestSentAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    nvinfo_api_nvinfo_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: {
                            [key: string]: string;
                        };
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    discover_api_onvif_discover_get: {
        parameters: {
            query?: {
                host?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundCameraAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    probe_api_onvif_probe_get: {
        parameters: {
            query?: {
                host?: string;
                password?: string;
                port?: number;
                username?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbedCameraAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    probe_by_body_api_onvif_probe_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProbeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbedCameraAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    openapi_api_openapi_json_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    plus_models_api_plus_models_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>[];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_previews_api_preview__camera__start__start__end__end__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_frames_api_preview__camera__start__start__end__end__frames_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    frame_api_preview__file__thumbnail_jpg_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    frame_api_preview__file__thumbnail_webp_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    list_city_hour_api_preview__year_month___day___hour___camera___tz_area___tz_city__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                tz_area: string;
                tz_city: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_hour_api_preview__year_month___day___hour___camera___tz_name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                tz_name: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_hour_of_all_api_preview__year_month___day___hour__all__tz_name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                day: string;
                hour: string;
                tz_name: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_all_api_preview_all_start__start__end__end__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_previews_api_preview_ts__camera__start__start__end__end__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    profile_api_profile_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    active_profile_api_profile_active_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActiveProfileAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    read_api_profile_ui_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UiChoicesAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    write_api_profile_ui_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UiChoicesBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UiChoicesAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    profiles_api_profiles_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfilesAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    plates_api_recognized_license_plates_get: {
        parameters: {
            query?: {
                split_joined?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_api_recordings_start__start__end__end__delete: {
        parameters: {
            query?: {
                cameras?: string;
                keep?: string;
            };
            header?: never;
            path: {
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RangeDeletedAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    storage_api_recordings_storage_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["CameraStorageAnswer"];
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    days_summary_api_recordings_summary_get: {
        parameters: {
            query?: {
                cameras?: string;
                timezone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: boolean;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    unavailable_api_recordings_unavailable_get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
                cameras?: string;
                scale?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GapAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_reindex_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    restart_api_restart_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_reviews_api_review_get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
                cameras?: string;
                labels?: string;
                limit?: number | null;
                reviewed?: boolean | null;
                severity?: string | null;
                zones?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    by_ids_api_review_ids_get: {
        parameters: {
            query: {
                ids: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    one_api_review__review_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                review_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    review_clip_api_review__review_id__clip_mp4_get: {
        parameters: {
            query?: {
                padding?: number;
            };
            header?: never;
            path: {
                review_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    review_preview_api_review__review_id__preview_get: {
        parameters: {
            query?: {
                download?: boolean;
                format?: "gif" | "mp4" | "webp";
                max_cache_age?: number;
            };
            header?: never;
            path: {
                review_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                    "image/webp": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                    "image/webp": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    unview_api_review__review_id__viewed_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                review_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    audio_activity_api_review_activity_audio_get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
                cameras?: string;
                scale?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoudnessAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    motion_activity_api_review_activity_motion_get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
                cameras?: string;
                scale?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MotionAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    of_event_api_review_event__event_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_review_summarize_start__start__end__end__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                end: string;
                start: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    summary_api_review_summary_get: {
        parameters: {
            query?: {
                cameras?: string;
                labels?: string;
                timezone?: string;
                zones?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["ReviewCountsAnswer"];
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_api_reviews_delete_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReviewIds"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    view_api_reviews_viewed_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Viewed"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_shares_api_share_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    make_share_api_share_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShareBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewShareAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    one_share_api_share__share_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                share_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsedShareAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    revoke_share_api_share__share_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                share_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    stats_api_stats_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatsAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    history_api_stats_history_get: {
        parameters: {
            query?: {
                keys?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>[];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    series_api_stats_series_get: {
        parameters: {
            query?: {
                since?: number | null;
                step?: "15" | "120";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    storage_api_storage_get: {
        parameters: {
            query?: {
                refresh?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    days_api_storage_days_get: {
        parameters: {
            query?: {
                days?: number;
                timezone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageDaysAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    deleted_api_storage_deletions_get: {
        parameters: {
            query?: {
                before?: number | null;
                camera?: string;
                limit?: number;
                reason?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletionsAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    sub_labels_api_sub_labels_get: {
        parameters: {
            query?: {
                split_joined?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_timeline_api_timeline_get: {
        parameters: {
            query?: {
                camera?: string;
                limit?: number;
                source_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MomentAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    hourly_api_timeline_hourly_get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
                cameras?: string;
                labels?: string;
                limit?: number;
                timezone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MomentsByHourAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    create_trigger_api_trigger_embedding_post: {
        parameters: {
            query: {
                camera_name: string;
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    change_trigger_api_trigger_embedding__camera___name__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    change_trigger_api_trigger_embedding__camera___name__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    triggers_api_triggers_status__camera__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    users_api_users_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    add_user_api_users_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserNameAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_user_api_users__username__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BareDoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    set_password_api_users__username__password_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BareDoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    set_role_api_users__username__role_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRole"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BareDoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    list_sessions_api_users__username__sessions_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    end_sessions_api_users__username__sessions_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsEndedAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    end_session_api_users__username__sessions__session_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BareDoneAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    vainfo_api_vainfo_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VaInfoAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    version_api_version_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionAnswer"];
                    "text/plain": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    find_api_vlm_monitor_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MonitorAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_vlm_monitor_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    refuse_api_vlm_monitor_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    map_range_api_vod__camera__start__start__end__end__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    play_range_api_vod__camera__start__start__end__end___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                name: string;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    map_hour_api_vod__year_month___day___hour___camera__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    play_hour_api_vod__year_month___day___hour___camera___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                name: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    play_city_hour_api_vod__year_month___day___hour___camera___tz_area___tz_city___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                name: string;
                tz_area: string;
                tz_city: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    map_zoned_hour_api_vod__year_month___day___hour___camera___tz_name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                tz_name: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    play_zoned_hour_api_vod__year_month___day___hour___camera___tz_name___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                name: string;
                tz_name: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    map_clip_api_vod_clip__camera__start__start__end__end__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    play_clip_api_vod_clip__camera__start__start__end__end___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                name: string;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    map_event_api_vod_event__event_id__get: {
        parameters: {
            query?: {
                padding?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    play_event_api_vod_event__event_id___name__get: {
        parameters: {
            query?: {
                padding?: number;
            };
            header?: never;
            path: {
                event_id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    map_review_api_vod_review__review_id__get: {
        parameters: {
            query?: {
                padding?: number;
            };
            header?: never;
            path: {
                review_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    play_review_api_vod_review__review_id___name__get: {
        parameters: {
            query?: {
                padding?: number;
            };
            header?: never;
            path: {
                name: string;
                review_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    zones_api_zones_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: {
                            [key: string]: Record<string, unknown>;
                        };
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    camera_zones_api_zones__camera__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: Record<string, unknown>;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    asset_assets__name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "font/woff2": unknown;
                    "image/svg+xml": unknown;
                    "text/css": unknown;
                    "text/javascript": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "font/woff2": unknown;
                    "image/svg+xml": unknown;
                    "text/css": unknown;
                    "text/javascript": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    clips_clips__path__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description Moved Permanently */
            301: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    index_config_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    index_edge_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    index_explore_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    index_export_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    exports_exports__path__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                    "application/json": components["schemas"]["FileEntryAnswer"][];
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    index_faces_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    index_files_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    icon_icons__name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    script_live_webrtc_player_js_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    player_live_webrtc_webrtc_html_get: {
        parameters: {
            query: {
                mode?: string;
                src: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    index_login_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    index_logs_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    manifest_manifest_webmanifest_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/manifest+json": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/manifest+json": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    index_playback_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    index_player_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    recordings_recordings__path__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                    "application/json": components["schemas"]["FileEntryAnswer"][];
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    index_review_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    review_preview_review__review_id__preview_get: {
        parameters: {
            query?: {
                download?: boolean;
                format?: "gif" | "mp4" | "webp";
                max_cache_age?: number;
            };
            header?: never;
            path: {
                review_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                    "image/webp": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": unknown;
                    "image/webp": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    audio_activity_review_activity_audio_get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
                cameras?: string;
                scale?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoudnessAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    motion_activity_review_activity_motion_get: {
        parameters: {
            query?: {
                after?: number | null;
                before?: number | null;
                cameras?: string;
                scale?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MotionAnswer"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    index_settings_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    shared_page_share__token__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    shared_clip_share__token__clip_mp4_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    shared_snapshot_share__token__snapshot_jpg_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    shared_thumbnail_share__token__thumbnail_jpg_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    index_styleguide_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    service_worker_sw_js_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    index_system_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    play_range_vod__camera__start__start__end__end___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                name: string;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    play_hour_vod__year_month___day___hour___camera___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                name: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    play_city_hour_vod__year_month___day___hour___camera___tz_area___tz_city___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                name: string;
                tz_area: string;
                tz_city: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    play_zoned_hour_vod__year_month___day___hour___camera___tz_name___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                day: string;
                hour: string;
                name: string;
                tz_name: string;
                year_month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    play_clip_vod_clip__camera__start__start__end__end___name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                camera: string;
                end: number;
                name: string;
                start: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    play_event_vod_event__event_id___name__get: {
        parameters: {
            query?: {
                padding?: number;
            };
            header?: never;
            path: {
                event_id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    play_review_vod_review__review_id___name__get: {
        parameters: {
            query?: {
                padding?: number;
            };
            header?: never;
            path: {
                name: string;
                review_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VodMappingAnswer"];
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/vnd.apple.mpegurl": unknown;
                    "video/mp4": unknown;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    index_wizard_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
}
