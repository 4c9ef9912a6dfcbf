using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Widget.Testing;

namespace Widget.Api.Tests.Accounts;

/// <summary>
/// An OpenID Connect provider: discovery, keys, authorization code with PKCE, tokens. It checks what a strict provider checks, and can be
/// told to answer wrongly.
/// </summary>
internal sealed class OidcIssuer : IAsyncDisposable
{
    public const string ClientId = "widget-client";
    public const string ClientSecret = "client secret with spaces: and colons";

    private readonly WebApplication _app;
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "k1" };
    private readonly Dictionary<string, Request> _codes = [];

    private OidcIssuer(WebApplication app, Uri address) => (_app, Address) = (app, address.GetLeftPart(UriPartial.Authority));

    public string Address { get; }

    public string Host => new Uri(Address).Authority;

    /// <summary>The person whom the provider signs in.</summary>
    public Dictionary<string, object> Claims { get; } = new() { ["sub"] = Guid.NewGuid().ToString(), ["email_verified"] = true };

    /// <summary>The nonce of ID tokens; null for that of the request.</summary>
    public string? Nonce { get; set; }

    /// <summary>The key of ID tokens; null for the provider's.</summary>
    public SecurityKey? OtherKey { get; set; }

    /// <summary>The audience of ID tokens.</summary>
    public string Audience { get; set; } = ClientId;

    /// <summary>Number of codes that were exchanged.</summary>
    public int Exchanges { get; private set; }

    public static async Task<OidcIssuer> StartAsync()
    {
        var address = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.AbsoluteUri);
        var app = builder.Build();
        var issuer = new OidcIssuer(app, address);
        app.MapGet("/.well-known/openid-configuration", () => new
        {
            issuer = issuer.Address,
            authorization_endpoint = $"{issuer.Address}/authorize",
            token_endpoint = $"{issuer.Address}/token",
            jwks_uri = $"{issuer.Address}/keys",
        });
        app.MapGet("/keys", issuer.Keys);
        app.MapPost("/token", issuer.TokenAsync);
        await app.StartAsync();
        return issuer;
    }

    /// <summary>What the provider's sign-in page does: returns the address to which it sends the browser back.</summary>
    public Uri Authorize(Uri request)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(request.Query);
        request.GetLeftPart(UriPartial.Path).ShouldBe($"{Address}/authorize");
        query["client_id"].ToString().ShouldBe(ClientId);
        query["response_type"].ToString().ShouldBe("code");
        query["scope"].ToString().Split(' ').ShouldContain("openid");
        query["code_challenge_method"].ToString().ShouldBe("S256");
        var code = Guid.NewGuid().ToString();
        _codes[code] = new Request(query["redirect_uri"].ToString(), query["nonce"].ToString(), query["code_challenge"].ToString());
        var state = Uri.EscapeDataString(query["state"].ToString());
        return new Uri($"{query["redirect_uri"]}?code={code}&state={state}&iss={Uri.EscapeDataString(Address)}");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private object Keys()
    {
        var parameters = _key.Rsa.ExportParameters(includePrivateParameters: false);
        return new
        {
            keys = new[]
            {
                new
                {
                    kty = "RSA",
                    use = "sig",
                    kid = "k1",
                    alg = "RS256",
                    n = Base64Url.EncodeToString(parameters.Modulus!),
                    e = Base64Url.EncodeToString(parameters.Exponent!),
                },
            },
        };
    }

    private async Task<IResult> TokenAsync(HttpRequest http)
    {
        var form = await http.ReadFormAsync();
        var basic = Convert.FromBase64String(http.Headers.Authorization.ToString()["Basic ".Length..]);
        var credentials = Encoding.UTF8.GetString(basic).Split(':');
        var isClient = Uri.UnescapeDataString(credentials[0]) == ClientId && Uri.UnescapeDataString(credentials[1]) == ClientSecret;
        var verifier = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (!isClient
            || form["grant_type"] != "authorization_code"
            || !_codes.Remove(form["code"].ToString(), out var request)
            || request.Challenge != verifier
            || request.RedirectUri != form["redirect_uri"])
        {
            return Results.BadRequest(new { error = "invalid_grant" });
        }

        Exchanges++;
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Address,
            Audience = Audience,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
            Claims = new Dictionary<string, object>(Claims) { ["nonce"] = Nonce ?? request.Nonce },
            SigningCredentials = new SigningCredentials(OtherKey ?? _key, OtherKey is SymmetricSecurityKey ? "HS256" : "RS256"),
        });
        return Results.Json(new { access_token = "at", token_type = "Bearer", id_token = token });
    }

    private sealed record Request(string RedirectUri, string Nonce, string Challenge);
}
