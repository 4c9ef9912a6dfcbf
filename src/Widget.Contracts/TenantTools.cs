using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A tool that the tenant runs on a server of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HttpToolRequest
{
    /// <summary>The name that models use: 1 to 48 lower-case letters, digits and underscores. No other tool may have it.</summary>
    [Required(ErrorMessage = "name is missing.")]
    [StringLength(48, ErrorMessage = "name can have at most 48 characters.")]
    [RegularExpression("[a-z0-9_]+", ErrorMessage = "name may have only lower-case letters, digits and underscores.")]
    public string Name { get; init; } = "";

    /// <summary>Tells models what the tool does and when to use it.</summary>
    [VisibleText(ErrorMessage = "The description is empty.")]
    [StringLength(1_000, ErrorMessage = "description can have at most 1,000 characters.")]
    public string Description { get; init; } = "";

    /// <summary>JSON Schema of the arguments, of type object. Defaults to no arguments.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>The https address that calls are posted to.</summary>
    [Required(ErrorMessage = "url is missing.")]
    [StringLength(2_000)]
    public string Url { get; init; } = "";

    /// <summary>
    /// Whether the tool changes something. Such a tool is not offered where its effect may not be intended, such as in completions.
    /// Defaults to true.
    /// </summary>
    public bool? HasEffects { get; init; }

    /// <summary>Whether the assistant may use the tool. Defaults to true.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>A tool on a server of the tenant.</summary>
public record HttpTool
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required JsonElement Parameters { get; init; }

    public required string Url { get; init; }

    public required bool HasEffects { get; init; }

    public required bool Enabled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A new tool.</summary>
public sealed record CreatedHttpTool : HttpTool
{
    /// <summary>Signs the calls, as described by Standard Webhooks. It is shown only once.</summary>
    public required string Secret { get; init; }
}

/// <summary>The tenant's tools on its own servers.</summary>
/// <param name="Tools">The tools, by name.</param>
public sealed record HttpToolList(IReadOnlyList<HttpTool> Tools);

/// <summary>A new secret of a tool.</summary>
/// <param name="Secret">The secret. It is shown only once.</param>
/// <param name="OldSecretUntil">Until when calls are signed with the secret before, too.</param>
public sealed record HttpToolSecret(string Secret, DateTimeOffset OldSecretUntil);

/// <summary>Tries a tool.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HttpToolTest
{
    /// <summary>The arguments of the call, as a model would send them. Defaults to none.</summary>
    public JsonElement? Arguments { get; init; }
}

/// <summary>What happened when a tool was tried.</summary>
/// <param name="Success">Whether the tool succeeded.</param>
/// <param name="Message">What happened, in words.</param>
/// <param name="Status">The HTTP status of the response; null if there was none.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Result">What a model would be told.</param>
public sealed record HttpToolTestResult(bool Success, string Message, int? Status, double Milliseconds, JsonElement Result);

/// <summary>A server of the Model Context Protocol, reached over streamable HTTP.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record McpServerRequest
{
    /// <summary>The beginning of its tools' names: 1 to 20 lower-case letters, digits and underscores.</summary>
    [Required(ErrorMessage = "name is missing.")]
    [StringLength(20, ErrorMessage = "name can have at most 20 characters.")]
    [RegularExpression("[a-z0-9_]+", ErrorMessage = "name may have only lower-case letters, digits and underscores.")]
    public string Name { get; init; } = "";

    /// <summary>The https address of the server.</summary>
    [Required(ErrorMessage = "url is missing.")]
    [StringLength(2_000)]
    public string Url { get; init; } = "";

    /// <summary>
    /// Headers to send with each request, such as <c>Authorization</c>. They are stored encrypted and not shown again. Null keeps those
    /// that are stored.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}

/// <summary>A server of the Model Context Protocol.</summary>
public sealed record McpServerDetail
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Url { get; init; }

    /// <summary>The names of the headers that are sent.</summary>
    public required IReadOnlyList<string> HeaderNames { get; init; }

    /// <summary>The names of the chosen tools, as models use them.</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The tenant's servers of the Model Context Protocol.</summary>
/// <param name="Servers">The servers, by name.</param>
public sealed record McpServerList(IReadOnlyList<McpServerDetail> Servers);

/// <summary>A tool that a server offers.</summary>
/// <param name="Name">The server's name for the tool.</param>
/// <param name="UsedAs">The name that models use; null if the tool is not chosen.</param>
/// <param name="Description">What the server says about the tool.</param>
/// <param name="Parameters">JSON Schema of the arguments.</param>
/// <param name="HasEffects">Whether it may change something, by what the server says.</param>
public sealed record McpOfferedTool(string Name, string? UsedAs, string Description, JsonElement Parameters, bool HasEffects);

/// <summary>The tools that a server offers.</summary>
/// <param name="Tools">The tools, in the server's order.</param>
public sealed record McpOfferedTools(IReadOnlyList<McpOfferedTool> Tools);

/// <summary>Chooses the tools that the assistant may use.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record McpToolChoice
{
    /// <summary>The server's names of the tools. Others are disabled.</summary>
    [Required(ErrorMessage = "names is missing.")]
    [MaxLength(30, ErrorMessage = "At most 30 tools of a server can be chosen.")]
    public IReadOnlyList<string> Names { get; init; } = [];
}
