using Npgsql;
using Widget.Api.Answers;
using Widget.Rag.Ingestion.Fetching;
using Widget.Rag.Rerank;
using Widget.Rag.Tavus;

namespace Widget.Api.Platform;

/// <summary>What an operator sets, all of it by environment variables. docs/configuration.md lists them.</summary>
public sealed record ServerOptions
{
    /// <summary>Connection string of the application's login, for which row-level security holds (WIDGET_DATABASE_APP).</summary>
    public required string Database { get; init; }

    public required ChatModelOptions Chat { get; init; }

    public required FetchOptions Fetching { get; init; }

    /// <summary>Tavus's search endpoint (WIDGET_TAVUS_…).</summary>
    public TavusOptions Tavus { get; init; } = new();

    /// <summary>The reranker (WIDGET_RERANK_…).</summary>
    public RerankOptions Rerank { get; init; } = new();

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

        Uri? endpoint = null;
        if (Text("WIDGET_CHAT_ENDPOINT") is { } chat && !(Uri.TryCreate(chat, UriKind.Absolute, out endpoint) && endpoint.Scheme is "http" or "https"))
            errors.Add($"WIDGET_CHAT_ENDPOINT is \"{chat}\", which is not an http or https address such as https://api.openai.com/v1.");
        var model = Text("WIDGET_CHAT_MODEL");
        if (endpoint is not null && model is null) errors.Add("WIDGET_CHAT_MODEL is not set. It names the model to ask at WIDGET_CHAT_ENDPOINT.");
        if (endpoint is null && Text("WIDGET_CHAT_ENDPOINT") is null && (model ?? Text("WIDGET_CHAT_KEY")) is not null)
            errors.Add("WIDGET_CHAT_MODEL or WIDGET_CHAT_KEY is set, but WIDGET_CHAT_ENDPOINT, which says whom to ask, is not.");

        var hosts = (Text("WIDGET_FETCH_ALLOW") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        errors.AddRange(hosts
            .Where(host => !(host.Split(':') is [_, var port] && ushort.TryParse(port, out _)))
            .Select(host => $"WIDGET_FETCH_ALLOW contains \"{host}\". Write each host with its port, as localhost:5081."));

        var suffix = Text("WIDGET_HOST_SUFFIX");
        if (suffix is not null && !suffix.StartsWith('.')) errors.Add($"WIDGET_HOST_SUFFIX is \"{suffix}\". It must begin with a dot, as .chat.example.com.");
        var embed = Text("WIDGET_EMBED");
        if (embed is not null && !Directory.Exists(embed)) errors.Add($"WIDGET_EMBED is \"{embed}\", which is not a folder.");

        var tavus = ReadTavus(Text, errors);
        var rerank = ReadRerank(Text, errors);

        if (errors.Count > 0) throw new InvalidConfigurationException(errors);
        return new ServerOptions
        {
            Database = database!,
            Chat = new ChatModelOptions { Endpoint = endpoint, Key = Text("WIDGET_CHAT_KEY"), Model = model ?? "" },
            Fetching = new FetchOptions { AllowedPrivateHosts = hosts.ToHashSet(StringComparer.OrdinalIgnoreCase) },
            Tavus = tavus,
            Rerank = rerank,
            HostSuffix = suffix,
            EmbedFolder = embed,
        };
    }

    private static TavusOptions ReadTavus(Func<string, string?> text, List<string> errors)
    {
        var endpoint = ReadAddress("WIDGET_TAVUS_ENDPOINT", text, "https://tavusapi.com", errors);
        var path = text("WIDGET_TAVUS_SEARCH_PATH");
        if (path is not null && !(path.StartsWith('/') && path.Contains(TavusOptions.ReplicaPlaceholder, StringComparison.Ordinal)))
            errors.Add($"WIDGET_TAVUS_SEARCH_PATH is \"{path}\". It must begin with / and contain {{replicaId}}, as {TavusOptions.DefaultSearchPath}.");
        if (text("WIDGET_TAVUS_ENDPOINT") is null && (path ?? text("WIDGET_TAVUS_KEY")) is not null)
            errors.Add("WIDGET_TAVUS_KEY or WIDGET_TAVUS_SEARCH_PATH is set, but WIDGET_TAVUS_ENDPOINT, which says whom to ask, is not.");
        return new TavusOptions { Endpoint = endpoint, Key = text("WIDGET_TAVUS_KEY"), SearchPath = path ?? TavusOptions.DefaultSearchPath };
    }

    private static RerankOptions ReadRerank(Func<string, string?> text, List<string> errors)
    {
        var endpoint = ReadAddress("WIDGET_RERANK_ENDPOINT", text, "https://api.cohere.com/v2", errors);
        var model = text("WIDGET_RERANK_MODEL");
        if (endpoint is not null && model is null) errors.Add("WIDGET_RERANK_MODEL is not set. It names the model to ask at WIDGET_RERANK_ENDPOINT.");
        if (text("WIDGET_RERANK_ENDPOINT") is null && (model ?? text("WIDGET_RERANK_KEY")) is not null)
            errors.Add("WIDGET_RERANK_MODEL or WIDGET_RERANK_KEY is set, but WIDGET_RERANK_ENDPOINT, which says whom to ask, is not.");
        return new RerankOptions { Endpoint = endpoint, Key = text("WIDGET_RERANK_KEY"), Model = model ?? "" };
    }

    private static Uri? ReadAddress(string name, Func<string, string?> text, string example, List<string> errors)
    {
        if (text(name) is not { } value) return null;
        if (Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is { Query: "", Fragment: "" }) return address;
        errors.Add($"{name} is \"{value}\", which is not an http or https address such as {example}.");
        return null;
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
