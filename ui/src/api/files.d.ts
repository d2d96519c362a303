// Made by `make ui-types` from the files OpenAPI document with SHA-256 a31d07feb7f3935b8f782ae7c83de3a8d302a908251d2d429d6824ec8fc4b542; not to be edited.

export interface paths {
    "/api/v1/auth/login": {
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
         * @description Check a name and a password, and return a token.
         */
        post: operations["login_api_v1_auth_login_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Logout
         * @description Refuse the caller's token, or end the caller's session, from now on.
         */
        post: operations["logout_api_v1_auth_logout_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Me
         * @description Return who asks, and for which files that is good.
         */
        get: operations["me_api_v1_auth_me_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Narrowed
         * @description Return a token for some files.
         */
        post: operations["narrowed_api_v1_auth_token_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * File
         * @description Return what is known of a file.
         */
        get: operations["file_api_v1_file__file_uuid__get"];
        put?: never;
        post?: never;
        /**
         * Delete
         * @description Delete a file and what was made of it; what lies elsewhere and was only registered stays.
         */
        delete: operations["delete_api_v1_file__file_uuid__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/boxes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Boxes
         * @description Return every box in a frame, or in at most a thousand.
         */
        get: operations["boxes_api_v1_file__file_uuid__boxes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/clip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clip
         * @description Return exactly the frames of a range, with their sound, as MPEG-TS; it is sent while it is made.
         */
        get: operations["clip_api_v1_file__file_uuid__clip_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/frames": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Frames
         * @description Return the time of each frame, in seconds, and whether it is a keyframe.
         */
        get: operations["frames_api_v1_file__file_uuid__frames_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Probe
         * @description Return what the container says of the file and its streams.
         */
        get: operations["probe_api_v1_file__file_uuid__probe_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/process": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Process
         * @description Begin to analyse a file.
         */
        post: operations["process_api_v1_file__file_uuid__process_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Progress
         * @description Return the newest job of a file.
         */
        get: operations["progress_api_v1_file__file_uuid__progress_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Thumbnail
         * @description Return a frame, or a part of it, as JPEG.
         */
        get: operations["thumbnail_api_v1_file__file_uuid__thumbnail_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/trace/{trace_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Trace
         * @description Return a trace.
         */
        get: operations["trace_api_v1_file__file_uuid__trace__trace_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/trace/{trace_id}/boxes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Trace Boxes
         * @description Return the boxes of a trace in the order of their frames.
         */
        get: operations["trace_boxes_api_v1_file__file_uuid__trace__trace_id__boxes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/trace/{trace_id}/representative-face": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Representative
         * @description Return the best detection of a face.
         */
        get: operations["representative_api_v1_file__file_uuid__trace__trace_id__representative_face_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/trace/{trace_id}/video": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Trace Video
         * @description Return the whole file with one trace framed where it has a box.
         */
        get: operations["trace_video_api_v1_file__file_uuid__trace__trace_id__video_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Traces
         * @description Return the traces of a file, page by page.
         */
        get: operations["traces_api_v1_file__file_uuid__traces_get"];
        put?: never;
        post?: never;
        /**
         * Withdraw
         * @description Delete all traces of a file, and what was drawn of them.
         */
        delete: operations["withdraw_api_v1_file__file_uuid__traces_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/video": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Video
         * @description Return the video: the stored bytes, unless something else is asked for.
         */
        get: operations["video_api_v1_file__file_uuid__video_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/file/{file_uuid}/video/bbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Bbox Video
         * @description Return the whole file with every box of every frame.
         */
        get: operations["bbox_video_api_v1_file__file_uuid__video_bbox_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Files
         * @description Return the files that the caller may read, page by page.
         */
        get: operations["files_api_v1_files_get"];
        put?: never;
        /**
         * Upload
         * @description Take in a file: a multipart body with the part `file`.
         */
        post: operations["upload_api_v1_files_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/from-recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * From Recording
         * @description Make a file of what a camera has recorded, or of an export.
         */
        post: operations["from_recording_api_v1_files_from_recording_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/register": {
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
         * @description Take a file where it lies on the server, without copying it.
         */
        post: operations["register_api_v1_files_register_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Jobs
         * @description Return the jobs of the files that the caller may read, page by page, newest first.
         */
        get: operations["jobs_api_v1_jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One
         * @description Return a job.
         */
        get: operations["one_api_v1_jobs__job_id__get"];
        put?: never;
        post?: never;
        /**
         * Cancel
         * @description Cancel a job; what it has found so far is dropped.
         */
        delete: operations["cancel_api_v1_jobs__job_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Openapi
         * @description Return the OpenAPI document.
         */
        get: operations["openapi_api_v1_openapi_json_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
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
         * @description Begin an upload.
         */
        post: operations["create_api_v1_uploads_post"];
        delete?: never;
        /**
         * Options
         * @description Tell what of the protocol there is.
         */
        options: operations["options_api_v1_uploads_options"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{file_uuid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * State
         * @description Tell how much has arrived.
         */
        get: operations["state_api_v1_uploads__file_uuid__get"];
        put?: never;
        post?: never;
        /**
         * Give Up
         * @description End an upload, and leave nothing of it.
         */
        delete: operations["give_up_api_v1_uploads__file_uuid__delete"];
        options?: never;
        head?: never;
        /**
         * Go On
         * @description Send more.
         */
        patch: operations["go_on_api_v1_uploads__file_uuid__patch"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Failure: {
            error: {
                code: string;
                details?: Record<string, unknown>;
                message: string;
            };
            /** @constant */
            success: false;
        };
    };
    responses: {
        /** @description Refused */
        Refused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
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
    login_api_v1_auth_login_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Password */
                    password: string;
                    /** Username */
                    username: string;
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
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    logout_api_v1_auth_logout_post: {
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
                        [key: string]: boolean;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    me_api_v1_auth_me_get: {
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    narrowed_api_v1_auth_token_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Actions
                     * @default [
                     *       "read"
                     *     ]
                     */
                    actions?: ("read" | "write")[];
                    /** Files */
                    files: string[];
                    /**
                     * Ttl Seconds
                     * @default 900
                     */
                    ttl_seconds?: number;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    file_api_v1_file__file_uuid__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    delete_api_v1_file__file_uuid__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
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
                        [key: string]: boolean;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    boxes_api_v1_file__file_uuid__boxes_get: {
        parameters: {
            query?: {
                /** @description The last frame */
                end_frame?: number;
                /** @description Only the boxes of this frame */
                frame?: number;
                /** @description The first frame */
                start_frame?: number;
            };
            header?: never;
            path: {
                file_uuid: string;
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    clip_api_v1_file__file_uuid__clip_get: {
        parameters: {
            query?: {
                /** @description Whether there is sound */
                audio?: "on" | "off";
                /** @description The last frame, which is in the clip too */
                end_frame?: number;
                /** @description Seconds; frames before then */
                end_time?: number;
                /** @description Times become frames by this rate, instead of the file's own times */
                fps?: number;
                /** @description `debug` draws what was found, and the number of the frame */
                mode?: "normal" | "debug";
                /** @description The first frame */
                start_frame?: number;
                /** @description Seconds; frames from then on */
                start_time?: number;
            };
            header?: never;
            path: {
                file_uuid: string;
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
                    "application/json": unknown;
                    "video/mp2t": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    frames_api_v1_file__file_uuid__frames_get: {
        parameters: {
            query?: {
                /** @description How many frames, 1 to 10000 */
                count?: number;
                /** @description The first frame */
                start?: number;
            };
            header?: never;
            path: {
                file_uuid: string;
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
    probe_api_v1_file__file_uuid__probe_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    process_api_v1_file__file_uuid__process_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Detectors */
                    detectors?: ("face" | "object")[] | null;
                    /**
                     * Every
                     * @default 1
                     */
                    every?: number;
                    /** Labels */
                    labels?: string[] | null;
                    /**
                     * Min Confidence
                     * @default 0.5
                     */
                    min_confidence?: number;
                    /**
                     * Replace
                     * @default false
                     */
                    replace?: boolean;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
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
    progress_api_v1_file__file_uuid__progress_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    thumbnail_api_v1_file__file_uuid__thumbnail_get: {
        parameters: {
            query: {
                /** @description Whether there is sound */
                audio?: "on" | "off";
                /** @description The number of the frame, from 0 */
                frame: number;
                /** @description Its height */
                h?: number;
                /** @description `debug` draws what was found, and the number of the frame */
                mode?: "normal" | "debug";
                /** @description Its width */
                w?: number;
                /** @description The left edge of the part that is wanted, in pixels */
                x?: number;
                /** @description Its upper edge */
                y?: number;
            };
            header?: never;
            path: {
                file_uuid: string;
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
                    "application/json": unknown;
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
    trace_api_v1_file__file_uuid__trace__trace_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
                trace_id: string;
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    trace_boxes_api_v1_file__file_uuid__trace__trace_id__boxes_get: {
        parameters: {
            query?: {
                /** @description The last frame */
                end_frame?: number;
                /** @description The first frame */
                start_frame?: number;
            };
            header?: never;
            path: {
                file_uuid: string;
                trace_id: string;
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    representative_api_v1_file__file_uuid__trace__trace_id__representative_face_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
                trace_id: string;
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    trace_video_api_v1_file__file_uuid__trace__trace_id__video_get: {
        parameters: {
            query?: {
                /** @description Whether there is sound */
                audio?: "on" | "off";
                /** @description `debug` draws what was found, and the number of the frame */
                mode?: "normal" | "debug";
                /** @description Only the frames from the trace's first to its last */
                trim?: "off" | "on";
            };
            header?: never;
            path: {
                file_uuid: string;
                trace_id: string;
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
                    "application/json": unknown;
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
    traces_api_v1_file__file_uuid__traces_get: {
        parameters: {
            query?: {
                /** @description Only these */
                kind?: "face" | "object";
                /** @description Only these */
                label?: string;
                /** @description Only those with a box in so many frames */
                min_frames?: number;
                /** @description Which way; `asc` by `start_frame`, else `desc` */
                order?: "desc" | "asc";
                /** @description Which page, from 1 */
                page?: number;
                /** @description How many on a page, 1 to 100 */
                page_size?: number;
                /** @description By what */
                sort?: "start_frame" | "frame_count" | "confidence";
            };
            header?: never;
            path: {
                file_uuid: string;
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    withdraw_api_v1_file__file_uuid__traces_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
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
                        [key: string]: boolean;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    video_api_v1_file__file_uuid__video_get: {
        parameters: {
            query?: {
                /** @description Whether there is sound */
                audio?: "on" | "off";
                /** @description `debug` draws what was found, and the number of the frame */
                mode?: "normal" | "debug";
            };
            header?: never;
            path: {
                file_uuid: string;
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
                    "application/json": unknown;
                    "application/octet-stream": unknown;
                    "video/mp2t": unknown;
                    "video/mp4": unknown;
                    "video/quicktime": unknown;
                    "video/webm": unknown;
                    "video/x-matroska": unknown;
                    "video/x-msvideo": unknown;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                    "video/mp2t": unknown;
                    "video/mp4": unknown;
                    "video/quicktime": unknown;
                    "video/webm": unknown;
                    "video/x-matroska": unknown;
                    "video/x-msvideo": unknown;
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
    bbox_video_api_v1_file__file_uuid__video_bbox_get: {
        parameters: {
            query?: {
                /** @description Whether there is sound */
                audio?: "on" | "off";
                /** @description Which boxes */
                kind?: "face" | "object" | "all";
                /** @description Boxes of at least this confidence, 0 to 1 */
                min_confidence?: number;
                /** @description `debug` draws what was found, and the number of the frame */
                mode?: "normal" | "debug";
            };
            header?: never;
            path: {
                file_uuid: string;
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
                    "application/json": unknown;
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
    files_api_v1_files_get: {
        parameters: {
            query?: {
                /** @description Which way */
                order?: "desc" | "asc";
                /** @description Which page, from 1 */
                page?: number;
                /** @description How many on a page, 1 to 100 */
                page_size?: number;
                /** @description A part of the name */
                q?: string;
                /** @description By what */
                sort?: "created_at" | "file_name" | "duration" | "size_bytes";
                /** @description Only these */
                status?: "uploading" | "probing" | "ready" | "failed";
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    upload_api_v1_files_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @description Its SHA-256. */
                    content_hash?: string;
                    /** Format: binary */
                    file: string;
                    /** @description The file's name; default: the one in the part. */
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
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
    from_recording_api_v1_files_from_recording_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Camera */
                    camera?: string | null;
                    /** End Time */
                    end_time?: number | null;
                    /** Export Id */
                    export_id?: string | null;
                    /** Start Time */
                    start_time?: number | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
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
    register_api_v1_files_register_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Content Hash */
                    content_hash?: string | null;
                    /** File Path */
                    file_path: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
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
    jobs_api_v1_jobs_get: {
        parameters: {
            query?: {
                /** @description Only those of this file */
                file_uuid?: string;
                /** @description Which page, from 1 */
                page?: number;
                /** @description How many on a page, 1 to 200 */
                page_size?: number;
                /** @description Only these */
                status?: "queued" | "running" | "done" | "failed" | "cancelled";
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
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    one_api_v1_jobs__job_id__get: {
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
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    cancel_api_v1_jobs__job_id__delete: {
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
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    openapi_api_v1_openapi_json_get: {
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
    create_api_v1_uploads_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
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
    options_api_v1_uploads_options: {
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
    state_api_v1_uploads__file_uuid__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
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
    give_up_api_v1_uploads__file_uuid__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
    go_on_api_v1_uploads__file_uuid__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_uuid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Refused"];
        };
    };
}
