using System.Security.Cryptography;
using System.Text;
using Widget.Contracts;
using Widget.Rag.Embeddings;

namespace Widget.Api.Models;

/// <summary>Where a tenant's own model is, and the key for it.</summary>
/// <param name="Provider">The kind of server.</param>
/// <param name="Endpoint">Root of the API, such as <c>https://api.openai.com/v1</c>.</param>
/// <param name="Model">The model's name at this server.</param>
/// <param name="Key">Must not reach a browser or a log. Null for a server without authentication.</param>
public sealed record ModelAccount(ModelProvider Provider, Uri Endpoint, string Model, string? Key)
{
    /// <summary>The length of an embedding model's vectors. Null for a chat model.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Whether the server expects the key as <c>api-key</c> instead of as a bearer token.</summary>
    public bool UsesApiKeyHeader => Provider == ModelProvider.Azure;

    /// <summary>The server's name, for messages.</summary>
    public string Host => Endpoint.Authority;

    /// <summary>The default of a record would print the key.</summary>
    public override string ToString() => $"{Model} at {Host}";
}

/// <summary>A tenant's own model, as it is stored.</summary>
/// <param name="Name"><see cref="NameOf"/>.</param>
/// <param name="Provider">The kind of server.</param>
/// <param name="Endpoint">Root of the API.</param>
/// <param name="Model">The model's name at this server.</param>
/// <param name="KeyHint">The key's last characters; empty for none.</param>
/// <param name="UpdatedAt">When it was saved.</param>
/// <param name="Account">Null if the key can no longer be decrypted.</param>
public sealed record OwnModel(
    string Name,
    ModelProvider Provider,
    Uri Endpoint,
    string Model,
    string KeyHint,
    DateTimeOffset UpdatedAt,
    ModelAccount? Account)
{
    private const int HashLength = 12;

    /// <summary>
    /// Names an endpoint's model. Models of the same name at two endpoints may be different, so the name contains a hash of the endpoint.
    /// The hash also covers the dimensions, because a server may replace the model behind a name.
    /// </summary>
    public static string NameOf(ModelAccount account)
    {
        var identity = $"{account.Endpoint.AbsoluteUri} {account.Model} {account.Dimensions}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        return $"{ITenantEmbeddings.NamePrefix}{hash[..HashLength]}/{account.Model}";
    }
}
