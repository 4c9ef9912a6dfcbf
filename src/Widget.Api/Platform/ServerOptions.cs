using Npgsql;
using Widget.Api.Answers;
using Widget.Api.Knowledge;
using Widget.Api.Media;
using Widget.Rag.Ingestion.Fetching;

namespace Widget.Api.Platform;

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

    public required FetchOptions Fetching { get; init; }

    /// <summary>What follows the slug in tenants' own hosts, as <c>.chat.example.com</c> (WIDGET_HOST_SUFFIX).</summary>
    public string? HostSuffix { get; init; }

    /// <summary>The folder of the built widget (WIDGET_EMBED); found by itself when not set.</summary>
    public string? EmbedFolder { get; init; }

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="InvalidConfigurationException">Names every variable that is wrong, and what it should be.</exception>
    public static ServerOptions Read(Func<string, string?> variable)
    {
        var errors = new List<string>();
        string? Text(string name) => variable(name) is { Length: > 0 } value ? value.Trim() : null;

        var database = Text("WIDGET_DATABASE_APP") ?? Text("WIDGET_DATABASE");
        if (database is null)
            errors.Add("WIDGET_DATABASE_APP is not set. It is the connection string of the application's login, which `widget migrate` creates.");
        else if (ConnectionStringProblem("WIDGET_DATABASE_APP", database) is { } problem)
            errors.Add(problem);

        Uri? Address(string name)
        {
            if (Text(name) is not { } text) return null;
            if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
            errors.Add($"{name} is \"{text}\", which is not an http or https address such as https://api.openai.com/v1.");
            return null;
        }

        var endpoint = Address("WIDGET_CHAT_ENDPOINT");
        var model = Text("WIDGET_CHAT_MODEL");
        if (endpoint is not null && model is null) errors.Add("WIDGET_CHAT_MODEL is not set. It names the model to ask at WIDGET_CHAT_ENDPOINT.");
        if (endpoint is null && Text("WIDGET_CHAT_ENDPOINT") is null && (model ?? Text("WIDGET_CHAT_KEY")) is not null)
            errors.Add("WIDGET_CHAT_MODEL or WIDGET_CHAT_KEY is set, but WIDGET_CHAT_ENDPOINT, which says whom to ask, is not.");

        var embeddingEndpoint = Address("WIDGET_EMBEDDING_ENDPOINT");
        var embeddingModel = Text("WIDGET_EMBEDDING_MODEL");
        if (embeddingEndpoint is not null && embeddingModel is null)
            errors.Add("WIDGET_EMBEDDING_MODEL is not set. It names the model of new tenants at WIDGET_EMBEDDING_ENDPOINT.");
        if (embeddingModel is { Length: > 100 }) errors.Add("WIDGET_EMBEDDING_MODEL must have 100 characters at most.");
        if (Text("WIDGET_EMBEDDING_ENDPOINT") is null && (embeddingModel ?? Text("WIDGET_EMBEDDING_KEY")) is not null)
            errors.Add("WIDGET_EMBEDDING_MODEL or WIDGET_EMBEDDING_KEY is set, but WIDGET_EMBEDDING_ENDPOINT, which says whom to ask, is not.");
        var transcription = MediaModel("TRANSCRIPTION", Text, errors);
        var vision = MediaModel("VISION", Text, errors);

        var hosts = (Text("WIDGET_FETCH_ALLOW") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        errors.AddRange(hosts
            .Where(host => !(host.Split(':') is [_, var port] && ushort.TryParse(port, out _)))
            .Select(host => $"WIDGET_FETCH_ALLOW contains \"{host}\". Write each host with its port, as localhost:5081."));

        var suffix = Text("WIDGET_HOST_SUFFIX");
        if (suffix is not null && !suffix.StartsWith('.')) errors.Add($"WIDGET_HOST_SUFFIX is \"{suffix}\". It must begin with a dot, as .chat.example.com.");
        var embed = Text("WIDGET_EMBED");
        if (embed is not null && !Directory.Exists(embed)) errors.Add($"WIDGET_EMBED is \"{embed}\", which is not a folder.");

        if (errors.Count > 0) throw new InvalidConfigurationException(errors);
        return new ServerOptions
        {
            Database = database!,
            Chat = new ChatModelOptions { Endpoint = endpoint, Key = Text("WIDGET_CHAT_KEY"), Model = model ?? "" },
            Embedding = new EmbeddingModelOptions { Endpoint = embeddingEndpoint, Key = Text("WIDGET_EMBEDDING_KEY"), Model = embeddingModel },
            Transcription = transcription,
            Vision = vision,
            Fetching = new FetchOptions { AllowedPrivateHosts = hosts.ToHashSet(StringComparer.OrdinalIgnoreCase) },
            HostSuffix = suffix,
            EmbedFolder = embed,
        };
    }

    // WIDGET_TRANSCRIPTION_ENDPOINT, _KEY and _MODEL; WIDGET_VISION_ENDPOINT, _KEY and _MODEL.
    private static MediaModelOptions MediaModel(string which, Func<string, string?> text, List<string> errors)
    {
        var (name, given, model, key) = ($"WIDGET_{which}_ENDPOINT", text($"WIDGET_{which}_ENDPOINT"), text($"WIDGET_{which}_MODEL"), text($"WIDGET_{which}_KEY"));
        Uri? endpoint = null;
        if (given is not null && !(Uri.TryCreate(given, UriKind.Absolute, out endpoint) && endpoint.Scheme is "http" or "https"))
            errors.Add($"{name} is \"{given}\", which is not an http or https address such as https://api.openai.com/v1.");
        if (endpoint is not null && model is null) errors.Add($"WIDGET_{which}_MODEL is not set. It names the model to ask at {name}.");
        if (given is null && (model ?? key) is not null) errors.Add($"WIDGET_{which}_MODEL or WIDGET_{which}_KEY is set, but {name}, which says whom to ask, is not.");
        return new MediaModelOptions { Endpoint = endpoint, Key = key, Model = model ?? "" };
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

/// <summary>Settings that cannot work, each with what to do.</summary>
public sealed class InvalidConfigurationException(IReadOnlyList<string> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
