using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Tests.Tavus;

/// <summary>Requests with a value in every field.</summary>
internal static class FilledRequests
{
    public static CreateConversation Conversation => new()
    {
        ReplicaId = "r4dcf31b60e1",
        PersonaId = "p5d11710002a",
        AudioOnly = false,
        CallbackUrl = "https://widget.example/callback",
        ConversationName = "Visit",
        ConversationalContext = "The visitor looks at bicycles.",
        CustomGreeting = "Good day!",
        EnableDynamicGreeting = false,
        MemoryStores = ["tenant-visitor"],
        DocumentIds = [],
        DocumentTags = ["tag"],
        DocumentRetrievalStrategy = "balanced",
        TestMode = true,
        RequireAuth = true,
        MaxParticipants = 2,
        MeetingUrl = "https://meet.example/abc",
        Properties = new ConversationProperties
        {
            MaxCallDuration = 600,
            ParticipantLeftTimeout = 5,
            ParticipantAbsentTimeout = 60,
            EnableRecording = true,
            EnableClosedCaptions = true,
            ApplyGreenscreen = true,
            Language = "german",
            RecordingStorage = new RecordingStorage
            {
                Provider = "s3",
                Settings = new Dictionary<string,
                JsonElement>
                { ["bucket_name"] = Json("\"recordings\"") },
            },
            RecordingS3BucketName = "recordings",
            RecordingS3BucketRegion = "eu-central-1",
            AwsAssumeRoleArn = "arn:aws:iam::1:role/r",
            LivekitWsUrl = "wss://livekit.example",
            LivekitRoomToken = "token",
        },
    };

    public static CreatePersona Persona => new()
    {
        PersonaName = "Host",
        SystemPrompt = "You sell bicycles.",
        Context = "Deprecated.",
        PipelineMode = "full",
        DefaultReplicaId = "r4dcf31b60e1",
        DocumentIds = ["d1"],
        DocumentTags = ["tag"],
        ObjectivesId = "o1",
        GuardrailsId = "g1",
        GuardrailIds = ["g2"],
        GuardrailTags = ["tag"],
        Greeting = "Hello",
        Layers = Layers,
    };

    public static PersonaLayers Layers => new()
    {
        Llm = new LlmLayer
        {
            Model = "tavus-glm-4.7",
            BaseUrl = "https://widget.example/v1",
            ApiKey = "secret",
            SpeculativeInference = true,
            Headers = new Dictionary<string, string> { ["X-Tenant"] = "t" },
            ExtraBody = new Dictionary<string, JsonElement> { ["temperature"] = Json("0.2") },
            DefaultQuery = new Dictionary<string, string> { ["v"] = "1" },
            Tools = [Function],
        },
        Tts = new TtsLayer
        {
            TtsEngine = "cartesia",
            ExternalVoiceId = "v1",
            ApiKey = "secret",
            VoiceSettings = new Dictionary<string, JsonElement> { ["speed"] = Json("1.1") },
            TtsModelName = "sonic",
            TtsEmotionControl = true,
            PronunciationDictionaryId = "pd1",
        },
        Stt = new SttLayer { SttEngine = "tavus-auto", Hotwords = "Widget" },
        Perception = new PerceptionLayer
        {
            PerceptionModel = "raven-1",
            VisualAwarenessQueries = ["Is somebody there?"],
            AudioAwarenessQueries = ["Is it loud?"],
            PerceptionAnalysisQueries = ["Did they smile?"],
            VisualToolPrompt = "Use tools.",
            VisualTools = [Function],
            AudioToolPrompt = "Use tools.",
            AudioTools = [Function],
            AmbientAwarenessQueries = ["Is somebody there?"],
            PerceptionToolPrompt = "Use tools.",
            PerceptionTools = [Function],
        },
        ConversationalFlow = new ConversationalFlowLayer
        {
            TurnDetectionModel = "sparrow-1",
            TurnTakingPatience = "medium",
            ReplicaInterruptibility = "high",
            VoiceIsolation = "near",
            WakePhrase = "Hey",
            IdleEngagement = "patient",
        },
        Transport = new TransportLayer("livekit"),
    };

    public static CreateDocument Document => new()
    {
        DocumentUrl = "https://shop.example/faq",
        DocumentName = "FAQ",
        CallbackUrl = "https://widget.example/callback",
        Tags = ["tag"],
        Crawl = new DocumentCrawl(2, 20),
    };

    public static ToolDefinition Tool => new()
    {
        Name = "search_knowledge",
        Description = "Finds what the company knows.",
        Parameters = Json("""{"type":"object","properties":{"query":{"type":"string"}}}"""),
        Origin = "llm",
        TriggerType = "in_call",
        OnCall = "static_filler",
        StaticFiller = "One moment.",
        OnResolve = "generate_response",
        Delivery = new ToolDelivery
        {
            AppMessage = false,
            Api = new ToolApi
            {
                Url = "https://widget.example/tool/{query}",
                Method = "POST",
                Timeout = 10,
                Headers = new Dictionary<string, string> { ["X-Tenant"] = "t" },
                QueryParams = new Dictionary<string, string> { ["v"] = "1" },
                BodyTemplate = new JsonObject { ["q"] = "{query}" },
                ContentType = "application/json",
                Auth = new ToolAuth
                {
                    Type = "hmac",
                    Token = "t",
                    Location = "header",
                    Name = "X-Key",
                    Value = "v",
                    Username = "u",
                    Password = "p",
                    TokenUrl = "https://auth.example/token",
                    ClientId = "c",
                    ClientSecret = "s",
                    Scope = "read",
                    Secret = "s",
                },
            },
        },
    };

    public static GuardrailDefinition Guardrail => new()
    {
        GuardrailName = "no_prices",
        GuardrailPrompt = "Never name a price.",
        Modality = "verbal",
        CallbackUrl = "https://widget.example/callback",
        Tags = ["tag"],
        AppMessage = true,
    };

    public static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private static JsonElement Function =>
        Json("""{"type":"function","function":{"name":"look_up","description":"Looks up.","parameters":{"type":"object"}}}""");
}
