using System.Globalization;
using System.Text.Json;
using Npgsql;
using Widget.Api.Answers;
using Widget.Api.Configuration;
using Widget.Api.KeyRing;
using Widget.Api.Knowledge;
using Widget.Api.Limits;
using Widget.Api.Media;
using Widget.Api.Speech;
using Widget.Api.Tavus;
using Widget.Api.Telemetry;
using Widget.Api.Usage;
using Widget.Api.Video;
using Widget.Api.Voice;
using Widget.Api.Voice.Calls;
using Widget.Contracts;
using Widget.Rag.Fetching;
using Widget.Rag.Reading;
using Widget.Rag.Rerank;
using Widget.Rag.Tavus;

namespace Widget.Api.Host;

/// <summary>What an operator sets, all of it by environment variables. docs/configuration.md lists them.</summary>
public sealed record ServerOptions
{
    /// <summary>Connection string of the application's login, for which row-level security holds (WIDGET_DATABASE_APP).</summary>
    public required string Database { get; init; }

    public required ChatModelOptions Chat { get; init; }

    public EmbeddingModelOptions Embedding { get; init; } = new();

    /// <summary>Writes down what is said in recordings.</summary>
    public MediaModelOptions Transcription { get; init; } = new();

    /// <summary>Describes pictures and key frames.</summary>
    public MediaModelOptions Vision { get; init; } = new();

    /// <summary>The voice that reads answers aloud (WIDGET_SPEECH_…).</summary>
    public SpeechOptions Speech { get; init; } = new();

    public required FetchOptions Fetching { get; init; }

    /// <summary>What reading a document may cost (WIDGET_DOCUMENT_…).</summary>
    public IngestionOptions Ingestion { get; init; } = new();

    /// <summary>Tavus's API, for video and knowledge (WIDGET_TAVUS_…).</summary>
    public TavusApiOptions TavusApi { get; init; } = new();

    /// <summary>How long calls wait for what; not the operator's to set.</summary>
    public VideoTimings Video { get; init; } = new();

    /// <summary>Realtime voice (WIDGET_VOICE_…).</summary>
    public VoiceOptions Voice { get; init; } = new();

    /// <summary>How long voice calls wait for what; not the operator's to set.</summary>
    public VoiceTimings VoiceTimings { get; init; } = new();

    /// <summary>A search endpoint for knowledge at Tavus, where there is one (WIDGET_TAVUS_SEARCH_PATH).</summary>
    public TavusOptions Tavus { get; init; } = new();

    /// <summary>
    /// This installation as others reach it, as <c>https://widget.example.com</c> (WIDGET_PUBLIC_URL); null when they cannot: then nobody is asked to
    /// call back, and what they would have said is asked for.
    /// </summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Further hosts under which this installation is reached, as <c>widget.internal</c> (WIDGET_HOSTS).</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Tavus sends tool calls to this server itself, over https. A simulated one on this machine may be told to do so without.</summary>
    public bool DeliversToolsToServer => TavusApi.DeliversToolsToServer == true
        ? CanBeDeliveredTo(PublicAddress)
        : TavusApi.DeliversToolsToServer is null && PublicAddress?.Scheme == Uri.UriSchemeHttps;

    /// <summary>Where this installation is reached.</summary>
    public InstallationOptions Installation => new()
    {
        PublicAddress = PublicAddress,
        Hosts = Hosts,
        HostSuffix = HostSuffix,
        DeliversToolsToServer = DeliversToolsToServer,
    };

    /// <summary>The reranker (WIDGET_RERANK_…).</summary>
    public RerankOptions Rerank { get; init; } = new();

    /// <summary>What is seen from outside (WIDGET_METRICS).</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>What follows the slug in tenants' own hosts, as <c>.chat.example.com</c> (WIDGET_HOST_SUFFIX).</summary>
    public string? HostSuffix { get; init; }

    /// <summary>How much of what is allowed (WIDGET_LIMIT_…).</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>What each tenant may use a month, and what models cost (WIDGET_BUDGET_…, WIDGET_MODEL_PRICES).</summary>
    public BudgetOptions Budgets { get; init; } = new();

    /// <summary>The proxies in front, which say where a request comes from (WIDGET_TRUSTED_PROXIES).</summary>
    public TrustedProxies TrustedProxies { get; init; } = TrustedProxies.None;

    /// <summary>What the key ring in the database is encrypted with (WIDGET_MASTER_KEY, WIDGET_MASTER_KEY_FILE).</summary>
    public MasterKeys MasterKeys { get; init; } = MasterKeys.None;

    /// <summary>The folder of the built widget (WIDGET_EMBED); found by itself when not set.</summary>
    public string? EmbedFolder { get; init; }

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="InvalidConfigurationException">Names every variable that is wrong, and what it should be.</exception>
    public static ServerOptions Read(Func<string, string?> variable)
    {
        var variables = new Variables(variable);
        var errors = variables.Errors;
        var database = variables.Text("WIDGET_DATABASE_APP") ?? variables.Text("WIDGET_DATABASE");
        if (database is null)
            errors.Add("WIDGET_DATABASE_APP is not set. It is the connection string of the application's login, which `widget migrate` creates.");
        else if (ConnectionStringProblem("WIDGET_DATABASE_APP", database) is { } problem)
            errors.Add(problem);

        var chat = variables.Model("CHAT");
        var firstWord = TimeSpan.FromSeconds(variables.Whole("WIDGET_CHAT_FIRST_WORD_SECONDS", ChatModelOptions.DefaultFirstWordSeconds, least: 1, most: 60));
        var embedding = variables.Model("EMBEDDING", "the model of new tenants");
        if (embedding.Model is { Length: > 100 }) errors.Add("WIDGET_EMBEDDING_MODEL must have 100 characters at most.");
        var transcription = variables.Model("TRANSCRIPTION");
        var vision = variables.Model("VISION");
        var speech = ReadSpeech(variables);
        var rerank = variables.Model("RERANK", example: "https://api.cohere.com/v2");
        var (tavusApi, tavus) = ReadTavus(variables);
        var voice = ReadVoice(variables);
        var publicAddress = variables.Address("WIDGET_PUBLIC_URL", "https://widget.example.com");
        if (tavusApi.DeliversToolsToServer == true && !CanBeDeliveredTo(publicAddress))
            errors.Add("WIDGET_TAVUS_TOOL_DELIVERY is \"api\", which needs WIDGET_PUBLIC_URL to be an https address, or an address of this machine such as http://localhost:5080.");
        var ours = Separated(variables.Text("WIDGET_HOSTS"));
        errors.AddRange(ours
            .Where(host => host.Contains('/', StringComparison.Ordinal) || Uri.CheckHostName(new HostString(host).Host) == UriHostNameType.Unknown)
            .Select(host => $"WIDGET_HOSTS contains \"{host}\". Write each host as widget.internal or 10.0.0.5, without http:// and without a path."));

        var hosts = Separated(variables.Text("WIDGET_FETCH_ALLOW"));
        errors.AddRange(hosts
            .Where(host => !(host.Split(':') is [_, var port] && ushort.TryParse(port, out _)))
            .Select(host => $"WIDGET_FETCH_ALLOW contains \"{host}\". Write each host with its port, as localhost:5081."));

        var suffix = variables.Text("WIDGET_HOST_SUFFIX");
        if (suffix is not null && !suffix.StartsWith('.')) errors.Add($"WIDGET_HOST_SUFFIX is \"{suffix}\". It must begin with a dot, as .chat.example.com.");
        var embed = variables.Text("WIDGET_EMBED");
        if (embed is not null && !Directory.Exists(embed)) errors.Add($"WIDGET_EMBED is \"{embed}\", which is not a folder.");

        var limits = ReadLimits(variables);
        var budgets = ReadBudgets(variables);
        var notProxies = new List<string>();
        var proxies = TrustedProxies.Parse(variables.Text("WIDGET_TRUSTED_PROXIES") ?? "", notProxies);
        errors.AddRange(notProxies.Select(proxy => $"WIDGET_TRUSTED_PROXIES contains \"{proxy}\". Write addresses or networks, as 127.0.0.1 or 10.0.0.0/8."));

        var masterKeys = MasterKeys.Read(variables);
        var ingestion = new IngestionOptions
        {
            MaxPages = variables.Whole("WIDGET_DOCUMENT_PAGES", IngestionOptions.DefaultPages, least: 1, most: 100_000),
            DocumentTime = TimeSpan.FromSeconds(variables.Whole("WIDGET_DOCUMENT_SECONDS", IngestionOptions.DefaultSeconds, least: 10, most: 7_200)),
        };
        var metrics = variables.Address("WIDGET_METRICS", "http://127.0.0.1:9464");
        if (metrics is not null && metrics.Scheme != Uri.UriSchemeHttp)
            errors.Add("WIDGET_METRICS must be an http address such as http://127.0.0.1:9464; a proxy can put TLS before it.");

        if (errors.Count > 0) throw new InvalidConfigurationException(errors);
        return new ServerOptions
        {
            Database = database!,
            Chat = new ChatModelOptions { Endpoint = chat.Endpoint, Key = chat.Key, Model = chat.Model ?? "", FirstWord = firstWord },
            Embedding = new EmbeddingModelOptions { Endpoint = embedding.Endpoint, Key = embedding.Key, Model = embedding.Model },
            Transcription = new MediaModelOptions { Endpoint = transcription.Endpoint, Key = transcription.Key, Model = transcription.Model ?? "" },
            Vision = new MediaModelOptions { Endpoint = vision.Endpoint, Key = vision.Key, Model = vision.Model ?? "" },
            Speech = speech,
            Rerank = new RerankOptions { Endpoint = rerank.Endpoint, Key = rerank.Key, Model = rerank.Model ?? "" },
            TavusApi = tavusApi,
            Voice = voice,
            Tavus = tavus,
            PublicAddress = publicAddress,
            Hosts = ours,
            Fetching = new FetchOptions { AllowedPrivateHosts = hosts.ToHashSet(StringComparer.OrdinalIgnoreCase) },
            Ingestion = ingestion,
            Telemetry = new TelemetryOptions { Metrics = metrics },
            HostSuffix = suffix,
            Limits = limits,
            Budgets = budgets,
            TrustedProxies = proxies,
            MasterKeys = masterKeys,
            EmbedFolder = embed,
        };
    }

    private static string[] Separated(string? list) => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // SESSIONS for Sessions, TENANT_MESSAGES for TenantMessages.
    private static LimitOptions ReadLimits(Variables variables)
    {
        var limits = new LimitOptions();
        foreach (var limit in Enum.GetValues<Limit>())
        {
            var name = "WIDGET_LIMIT_" + JsonNamingPolicy.SnakeCaseUpper.ConvertName(limit.ToString());
            if (variables.Text(name) is not { } text) continue;
            var rate = Rate.Parse(text);
            if (rate is null && text != "off")
                variables.Errors.Add($"{name} is \"{text}\". Write how many within which time, as 300/2m (s, m or h), or off.");
            limits = limits.With(limit, rate);
        }

        return limits;
    }

    private static BudgetOptions ReadBudgets(Variables variables)
    {
        var wrong = new List<string>();
        var prices = BudgetOptions.ParsePrices(variables.Text("WIDGET_MODEL_PRICES") ?? "", wrong);
        variables.Errors.AddRange(wrong.Select(price =>
            $"WIDGET_MODEL_PRICES contains \"{price}\". Write for each model what a million tokens read and written cost, as gpt-5-mini=0.25/2."));
        return new BudgetOptions { MonthlyMessages = Number("WIDGET_BUDGET_MESSAGES"), MonthlyTokens = Number("WIDGET_BUDGET_TOKENS"), Prices = prices };

        long? Number(string name)
        {
            if (variables.Text(name) is not { } text) return null;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
            variables.Errors.Add($"{name} is \"{text}\". It must be a whole number.");
            return null;
        }
    }

    private static SpeechOptions ReadSpeech(Variables variables)
    {
        const string Endpoint = "WIDGET_SPEECH_ENDPOINT";
        const string Provider = "WIDGET_SPEECH_PROVIDER";
        var (endpoint, key, model, voice) = (variables.Address(Endpoint, "https://api.openai.com/v1"), variables.Text("WIDGET_SPEECH_KEY"), variables.Text("WIDGET_SPEECH_MODEL"), variables.Text("WIDGET_SPEECH_VOICE"));
        var provider = variables.Text(Provider);
        if (provider is not (null or "openai" or "elevenlabs")) variables.Errors.Add($"{Provider} is \"{provider}\". It must be openai or elevenlabs.");
        if (variables.Text(Endpoint) is null)
        {
            if ((key ?? model ?? voice ?? provider) is not null) variables.Errors.Add($"WIDGET_SPEECH_KEY, _MODEL, _VOICE or _PROVIDER is set, but {Endpoint}, which says whom to ask, is not.");
        }
        else
        {
            if (voice is null) variables.Errors.Add($"WIDGET_SPEECH_VOICE is not set. It names the voice at {Endpoint}; at ElevenLabs it is the voice's id.");
            if (model is null && provider != "elevenlabs") variables.Errors.Add($"WIDGET_SPEECH_MODEL is not set. It names the model to ask at {Endpoint}.");
        }

        return new SpeechOptions { Endpoint = endpoint, Key = key, Model = model, Voice = voice, Provider = provider == "elevenlabs" ? SpeechProvider.ElevenLabs : SpeechProvider.OpenAI };
    }

    private static bool CanBeDeliveredTo(Uri? address) => address is not null && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback);

    private static VoiceOptions ReadVoice(Variables variables)
    {
        const string Protocol = "WIDGET_VOICE_PROTOCOL";
        var name = variables.Text(Protocol);
        VoiceProtocol? protocol = name switch
        {
            null or "openai_realtime" => VoiceProtocol.OpenAIRealtime,
            "azure_realtime" => VoiceProtocol.AzureRealtime,
            "gpt_live" => VoiceProtocol.GptLive,
            "self_hosted" => VoiceProtocol.SelfHosted,
            _ => null,
        };
        if (protocol is null) variables.Errors.Add($"{Protocol} is \"{name}\". It must be openai_realtime, azure_realtime, gpt_live or self_hosted.");
        // A key alone is one at OpenAI.
        var atOpenAI = variables.Text("WIDGET_VOICE_ENDPOINT") is null && variables.Text("WIDGET_VOICE_KEY") is not null && protocol is VoiceProtocol.OpenAIRealtime or VoiceProtocol.GptLive;
        var (endpoint, key, model) = atOpenAI ? (VoiceAccounts.OpenAI, variables.Text("WIDGET_VOICE_KEY"), variables.Text("WIDGET_VOICE_MODEL")) : variables.Model("VOICE", "the model to speak with");
        if (atOpenAI && model is null) variables.Errors.Add("WIDGET_VOICE_MODEL is not set. It names the model to speak with at OpenAI, such as gpt-realtime-2.1.");
        return new VoiceOptions { Endpoint = endpoint, Key = key, Model = model, Protocol = protocol ?? VoiceProtocol.OpenAIRealtime, TranscriptionModel = variables.Text("WIDGET_VOICE_TRANSCRIPTION_MODEL") };
    }

    private static (TavusApiOptions Api, TavusOptions Search) ReadTavus(Variables variables)
    {
        const string SearchPath = "WIDGET_TAVUS_SEARCH_PATH";
        var (endpoint, path, key) = (variables.Address("WIDGET_TAVUS_ENDPOINT", "https://tavusapi.com") ?? TavusApiOptions.Public, variables.Text(SearchPath), variables.Text("WIDGET_TAVUS_KEY"));
        if (path is not null && !(path.StartsWith('/') && path.Contains(TavusOptions.ReplicaPlaceholder, StringComparison.Ordinal)))
            variables.Errors.Add($"{SearchPath} is \"{path}\". It must begin with / and contain {TavusOptions.ReplicaPlaceholder}, as {TavusOptions.DefaultSearchPath}.");
        const string ToolDelivery = "WIDGET_TAVUS_TOOL_DELIVERY";
        var delivery = variables.Text(ToolDelivery);
        if (delivery is not (null or "api" or "app_message")) variables.Errors.Add($"{ToolDelivery} is \"{delivery}\". It must be api or app_message.");
        var search = path is null ? new TavusOptions() : new TavusOptions { Endpoint = endpoint, Key = key, SearchPath = path };
        return (new TavusApiOptions { Endpoint = endpoint, Key = key, DeliversToolsToServer = delivery is null ? null : delivery == "api" }, search);
    }

    /// <summary>What is wrong with a connection string's form; null when nothing is.</summary>
    public static string? ConnectionStringProblem(string variable, string connection)
    {
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(connection);
            return parsed.Host is null ? Problem() : null;
        }
        catch (ArgumentException)
        {
            return Problem();
        }

        string Problem() =>
            $"{variable} is not a connection string in Npgsql's form: Host=db.example;Port=5432;Username=…;Password=…;Database=widget. An address such as postgres://… must be written like that.";
    }
}
