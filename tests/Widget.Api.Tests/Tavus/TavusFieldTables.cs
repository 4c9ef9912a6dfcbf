namespace Widget.Api.Tests.Tavus;

/// <summary>
/// The fields of Tavus's requests and their types as documented (docs.tavus.io, API reference and guides, with what only public code shows:
/// LiveKit fields, transport, dynamic greeting), written down apart from the client's records.
/// </summary>
internal static class TavusFieldTables
{
    public const string Conversation = """
        replica_id                               string
        persona_id                               string
        audio_only                               bool
        callback_url                             string
        conversation_name                        string
        conversational_context                   string
        custom_greeting                          string
        enable_dynamic_greeting                  bool
        memory_stores                            string[]
        document_ids                             string[]
        document_tags                            string[]
        document_retrieval_strategy              string
        test_mode                                bool
        require_auth                             bool
        max_participants                         int
        meeting_url                              string
        properties.max_call_duration             int
        properties.participant_left_timeout      int
        properties.participant_absent_timeout    int
        properties.enable_recording              bool
        properties.enable_closed_captions        bool
        properties.apply_greenscreen             bool
        properties.language                      string
        properties.recording_storage             object
        properties.recording_s3_bucket_name      string
        properties.recording_s3_bucket_region    string
        properties.aws_assume_role_arn           string
        properties.livekit_ws_url                string
        properties.livekit_room_token            string
        """;

    public const string Persona = """
        persona_name                             string
        system_prompt                            string
        context                                  string
        pipeline_mode                            string
        default_replica_id                       string
        document_ids                             string[]
        document_tags                            string[]
        objectives_id                            string
        guardrails_id                            string
        guardrail_ids                            string[]
        guardrail_tags                           string[]
        greeting                                 string
        layers.llm.model                         string
        layers.llm.base_url                      string
        layers.llm.api_key                       string
        layers.llm.speculative_inference         bool
        layers.llm.headers                       object
        layers.llm.extra_body                    object
        layers.llm.default_query                 object
        layers.llm.tools                         object[]
        layers.tts.tts_engine                    string
        layers.tts.external_voice_id             string
        layers.tts.api_key                       string
        layers.tts.voice_settings                object
        layers.tts.tts_model_name                string
        layers.tts.tts_emotion_control           bool
        layers.tts.pronunciation_dictionary_id   string
        layers.stt.stt_engine                    string
        layers.stt.hotwords                      string
        layers.perception.perception_model               string
        layers.perception.visual_awareness_queries       string[]
        layers.perception.audio_awareness_queries        string[]
        layers.perception.perception_analysis_queries    string[]
        layers.perception.visual_tool_prompt             string
        layers.perception.visual_tools                   object[]
        layers.perception.audio_tool_prompt              string
        layers.perception.audio_tools                    object[]
        layers.perception.ambient_awareness_queries      string[]
        layers.perception.perception_tool_prompt         string
        layers.perception.perception_tools               object[]
        layers.conversational_flow.turn_detection_model      string
        layers.conversational_flow.turn_taking_patience      string
        layers.conversational_flow.replica_interruptibility  string
        layers.conversational_flow.voice_isolation           string
        layers.conversational_flow.wake_phrase               string
        layers.conversational_flow.idle_engagement           string
        layers.transport.transport_type          string
        """;

    public const string Document = """
        document_url                             string
        document_name                            string
        callback_url                             string
        tags                                     string[]
        crawl.depth                              int
        crawl.max_pages                          int
        """;

    public const string Tool = """
        name                                     string
        description                              string
        parameters                               object
        origin                                   string
        trigger_type                             string
        on_call                                  string
        static_filler                            string
        on_resolve                               string
        delivery.app_message                     bool
        delivery.api.url                         string
        delivery.api.method                      string
        delivery.api.timeout                     int
        delivery.api.headers                     object
        delivery.api.query_params                object
        delivery.api.body_template               object
        delivery.api.content_type                string
        delivery.api.auth.type                   string
        delivery.api.auth.token                  string
        delivery.api.auth.location               string
        delivery.api.auth.name                   string
        delivery.api.auth.value                  string
        delivery.api.auth.username               string
        delivery.api.auth.password               string
        delivery.api.auth.token_url              string
        delivery.api.auth.client_id              string
        delivery.api.auth.client_secret          string
        delivery.api.auth.scope                  string
        delivery.api.auth.secret                 string
        """;

    public const string Guardrail = """
        guardrail_name                           string
        guardrail_prompt                         string
        modality                                 string
        callback_url                             string
        tags                                     string[]
        app_message                              bool
        """;

    /// <summary>The new names of the fields that Tavus has renamed.</summary>
    public static readonly IReadOnlyDictionary<string, string> Renamed = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["replica_id"] = "face_id",
        ["persona_id"] = "pal_id",
        ["persona_name"] = "pal_name",
        ["default_replica_id"] = "default_face_id",
    };
}
