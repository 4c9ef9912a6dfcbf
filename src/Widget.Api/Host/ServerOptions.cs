using Widget.Api.Accounts;
using Widget.Api.Answers;
using Widget.Api.Configuration;
using Widget.Api.Crm;
using Widget.Api.KeyRing;
using Widget.Api.Knowledge;
using Widget.Api.Limits;
using Widget.Api.LiveKit;
using Widget.Api.Mail;
using Widget.Api.Media;
using Widget.Api.Recordings;
using Widget.Api.Rooms;
using Widget.Api.Speech;
using Widget.Api.Tavus;
using Widget.Api.Telemetry;
using Widget.Api.Usage;
using Widget.Api.Video;
using Widget.Api.Voice;
using Widget.Api.Voice.Calls;
using Widget.Api.Webhooks;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Fetching;
using Widget.Rag.Reading;
using Widget.Rag.Rerank;
using Widget.Rag.Tavus;

namespace Widget.Api.Host;

/// <summary>
/// Everything that an operator configures. Each feature reads its own environment variables; docs/configuration.md lists them.
/// </summary>
public sealed record ServerOptions
{
    /// <summary>Connection string of the application's login, which row-level security applies to (WIDGET_DATABASE_APP).</summary>
    public required string Database { get; init; }

    /// <summary>The addresses under which clients reach this installation (WIDGET_PUBLIC_URL, WIDGET_HOSTS, WIDGET_HOST_SUFFIX).</summary>
    public InstallationOptions Installation { get; init; } = new();

    /// <summary>The language model that writes answers (WIDGET_CHAT_…).</summary>
    public required ChatModelOptions Chat { get; init; }

    /// <summary>The embedding model of new tenants (WIDGET_EMBEDDING_…).</summary>
    public EmbeddingModelOptions Embedding { get; init; } = new();

    /// <summary>The local sentence models (WIDGET_LOCAL_EMBEDDINGS, WIDGET_MODEL_CACHE).</summary>
    public LocalEmbeddingOptions LocalEmbedding { get; init; } = new();

    /// <summary>The reranker (WIDGET_RERANK_…).</summary>
    public RerankOptions Rerank { get; init; } = new();

    /// <summary>Fetching of pages and documents (WIDGET_FETCH_ALLOW).</summary>
    public required FetchOptions Fetching { get; init; }

    /// <summary>Limits for reading documents (WIDGET_DOCUMENT_…).</summary>
    public IngestionOptions Ingestion { get; init; } = new();

    /// <summary>The model that transcribes recordings and dictation (WIDGET_TRANSCRIPTION_…).</summary>
    public MediaModelOptions Transcription { get; init; } = new();

    /// <summary>The model that describes pictures and key frames (WIDGET_VISION_…).</summary>
    public MediaModelOptions Vision { get; init; } = new();

    /// <summary>The voice that reads answers aloud (WIDGET_SPEECH_…).</summary>
    public SpeechOptions Speech { get; init; } = new();

    /// <summary>Realtime voice (WIDGET_VOICE_…).</summary>
    public VoiceOptions Voice { get; init; } = new();

    /// <summary>Time limits of voice calls. Tests shorten them; operators cannot set them.</summary>
    public VoiceTimings VoiceTimings { get; init; } = new();

    /// <summary>Tavus's API, for video and knowledge (WIDGET_TAVUS_…).</summary>
    public TavusApiOptions TavusApi { get; init; } = new();

    /// <summary>The search of knowledge at Tavus (WIDGET_TAVUS_SEARCH_PATH).</summary>
    public TavusOptions Tavus { get; init; } = new();

    /// <summary>Time limits of video calls. Tests shorten them; operators cannot set them.</summary>
    public VideoTimings Video { get; init; } = new();

    /// <summary>The STUN and TURN servers of calls between people (WIDGET_STUN_URLS, WIDGET_TURN_…).</summary>
    public IceOptions Ice { get; init; } = new();

    /// <summary>Rooms at LiveKit (WIDGET_LIVEKIT_…).</summary>
    public LiveKitOptions LiveKit { get; init; } = new();

    /// <summary>Recordings of calls (WIDGET_RECORDINGS…).</summary>
    public RecordingOptions Recordings { get; init; } = new();

    /// <summary>Time limits of rooms. Tests shorten them; operators cannot set them.</summary>
    public RoomTimings Rooms { get; init; } = new();

    /// <summary>The server that sends e-mails (WIDGET_SMTP_URL, WIDGET_MAIL_FROM).</summary>
    public MailOptions Mail { get; init; } = new();

    /// <summary>Where people sign in (WIDGET_CONSOLE_URL, WIDGET_SETUP_TOKEN).</summary>
    public AccountOptions Accounts { get; init; } = new();

    /// <summary>How webhooks are delivered.</summary>
    public WebhookOptions Webhooks { get; init; } = new();

    /// <summary>How leads are sent to customer relationship systems (WIDGET_HUBSPOT_URL).</summary>
    public CrmOptions Crm { get; init; } = new();

    /// <summary>Rate limits (WIDGET_LIMIT_…).</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>The reverse proxies in front of this server (WIDGET_TRUSTED_PROXIES).</summary>
    public TrustedProxies TrustedProxies { get; init; } = TrustedProxies.None;

    /// <summary>Each tenant's monthly ceilings, and prices (WIDGET_BUDGET_…, WIDGET_MODEL_PRICES, WIDGET_SERVICE_PRICES).</summary>
    public BudgetOptions Budgets { get; init; } = new();

    /// <summary>The keys that encrypt the key ring in the database (WIDGET_MASTER_KEY, WIDGET_MASTER_KEY_FILE).</summary>
    public MasterKeys MasterKeys { get; init; } = MasterKeys.None;

    /// <summary>Metrics, traces and logs (WIDGET_METRICS).</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>The folder of the built widget (WIDGET_EMBED); null to use the one beside the program.</summary>
    public string? EmbedFolder { get; init; }

    /// <summary>Reads and checks all settings.</summary>
    /// <exception cref="InvalidConfigurationException">Names every invalid variable and says what to write instead.</exception>
    public static ServerOptions Read(Func<string, string?> variable)
    {
        var variables = new Variables(variable);
        var installation = InstallationOptions.Read(variables);
        var tavus = TavusApiOptions.Read(variables, installation);
        var options = new ServerOptions
        {
            Database = ConnectionStrings.ReadApplication(variables),
            Installation = installation,
            Chat = ChatModelOptions.Read(variables),
            Embedding = KnowledgeConfiguration.ReadEmbedding(variables),
            LocalEmbedding = KnowledgeConfiguration.ReadLocalEmbedding(variables),
            Rerank = KnowledgeConfiguration.ReadRerank(variables),
            Fetching = KnowledgeConfiguration.ReadFetching(variables),
            Ingestion = KnowledgeConfiguration.ReadIngestion(variables),
            Transcription = MediaModelOptions.Read(variables, "TRANSCRIPTION"),
            Vision = MediaModelOptions.Read(variables, "VISION"),
            Speech = SpeechOptions.Read(variables),
            Voice = VoiceOptions.Read(variables),
            TavusApi = tavus,
            Tavus = TavusApiOptions.ReadSearch(variables, tavus),
            Ice = IceOptions.Read(variables),
            LiveKit = LiveKitOptions.Read(variables),
            Recordings = RecordingOptions.Read(variables),
            Mail = MailOptions.Read(variables),
            Accounts = AccountOptions.Read(variables),
            Crm = CrmOptions.Read(variables),
            Limits = LimitOptions.Read(variables),
            TrustedProxies = TrustedProxies.Read(variables),
            Budgets = BudgetOptions.Read(variables),
            MasterKeys = MasterKeys.Read(variables),
            Telemetry = TelemetryOptions.Read(variables),
            EmbedFolder = Embed.ReadFolder(variables),
        };
        return variables.Errors.Count > 0 ? throw new InvalidConfigurationException(variables.Errors) : options;
    }
}
