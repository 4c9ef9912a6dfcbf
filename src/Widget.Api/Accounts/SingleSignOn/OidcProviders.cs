using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Widget.Platform.Outbound;

namespace Widget.Api.Accounts.SingleSignOn;

/// <summary>A provider can't be used. The message says why, for the company's administrator.</summary>
internal sealed class ProviderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Talks to companies' OpenID Connect providers: discovery, code exchange, and the check of ID tokens.</summary>
internal sealed class OidcProviders(IHttpClientFactory clients)
{
    private const int MaxProviders = 1_000;
    private const int MaxResponseBytes = 512 * 1024;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(15);

    // Symmetric algorithms are missing: whoever knew the client secret could sign.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly ConcurrentDictionary<string, ConfigurationManager<OpenIdConnectConfiguration>> _providers =
        new(StringComparer.Ordinal);

    /// <summary>Reads a provider's configuration.</summary>
    /// <exception cref="ProviderException">It can't be reached, or its configuration is another issuer's.</exception>
    public async Task<OpenIdConnectConfiguration> ReadAsync(string issuer, CancellationToken ct)
    {
        using var limited = Limited(ct);
        OpenIdConnectConfiguration configuration;
        try
        {
            configuration = await ProviderOf(issuer).GetConfigurationAsync(limited.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            throw new ProviderException($"The configuration of {issuer} can't be read. Check the address.", e);
        }

        // OpenID Connect Discovery 1.0, section 4.3: another issuer's document must not be used.
        if (configuration.Issuer != issuer)
            throw new ProviderException($"The provider calls itself {configuration.Issuer}. Use this address as issuer.");
        if (configuration is { AuthorizationEndpoint: { Length: > 0 }, TokenEndpoint: { Length: > 0 } }) return configuration;
        throw new ProviderException($"The configuration of {issuer} has no address for sign-ins or for tokens.");
    }

    /// <summary>Exchanges a code for an ID token (OAuth 2.0, section 4.1.3, with PKCE).</summary>
    /// <exception cref="ProviderException">The provider refused, or did not answer.</exception>
    public async Task<string> ExchangeAsync(
        OpenIdConnectConfiguration provider,
        SingleSignOnSettings settings,
        string code,
        string verifier,
        string redirectUri,
        CancellationToken ct)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirectUri,
            ["code_verifier"] = verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.TokenEndpoint);
        // Basic is the default if the provider does not say (OpenID Connect Discovery 1.0, section 3).
        var methods = provider.TokenEndpointAuthMethodsSupported;
        if (methods is null || methods.Count == 0 || methods.Contains("client_secret_basic"))
        {
            var credentials = $"{Uri.EscapeDataString(settings.ClientId)}:{Uri.EscapeDataString(settings.ClientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }
        else
        {
            (form["client_id"], form["client_secret"]) = (settings.ClientId, settings.ClientSecret);
        }

        request.Content = new FormUrlEncodedContent(form);
        using var limited = Limited(ct);
        using var http = Client();
        try
        {
            using var response = await http.SendAsync(request, limited.Token);
            if (!response.IsSuccessStatusCode)
                throw new ProviderException($"The provider refused the code with status {(int)response.StatusCode}.");
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limited.Token));
            return body.RootElement.TryGetProperty("id_token", out var token) && token.GetString() is { Length: > 0 } text
                ? text
                : throw new ProviderException("The provider's answer has no ID token.");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or IOException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new ProviderException("The provider did not answer as OpenID Connect requires.", e);
        }
    }

    /// <summary>Checks an ID token (OpenID Connect Core 1.0, section 3.1.3.7).</summary>
    /// <returns>The token's claims.</returns>
    /// <exception cref="ProviderException">The token is not the provider's, is too old, or is for another sign-in.</exception>
    public async Task<JsonWebToken> ValidateAsync(
        OpenIdConnectConfiguration provider,
        SingleSignOnSettings settings,
        string token,
        string nonce,
        CancellationToken ct)
    {
        var result = await CheckAsync(provider, settings, token);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The provider may have new keys.
            ProviderOf(settings.Issuer).RequestRefresh();
            result = await CheckAsync(await ReadAsync(settings.Issuer, ct), settings, token);
        }

        if (!result.IsValid || result.SecurityToken is not JsonWebToken valid)
            throw new ProviderException("The provider's ID token is not valid.", result.Exception);
        if (!valid.TryGetPayloadValue<string>("nonce", out var given) || given != nonce)
            throw new ProviderException("The provider's ID token is for another sign-in.");
        if (valid.Audiences.Count() > 1 && !(valid.TryGetPayloadValue<string>("azp", out var party) && party == settings.ClientId))
            throw new ProviderException("The provider's ID token is for another application.");
        return valid;
    }

    private static Task<TokenValidationResult> CheckAsync(
        OpenIdConnectConfiguration provider,
        SingleSignOnSettings settings,
        string token) =>
        new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer,
            ValidAudience = settings.ClientId,
            IssuerSigningKeys = provider.SigningKeys,
            ValidAlgorithms = Algorithms,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromMinutes(2),
        });

    private ConfigurationManager<OpenIdConnectConfiguration> ProviderOf(string issuer)
    {
        if (_providers.Count >= MaxProviders) _providers.Clear();
        return _providers.GetOrAdd(
            issuer,
            key => new ConfigurationManager<OpenIdConnectConfiguration>(
                key.TrimEnd('/') + "/.well-known/openid-configuration",
                new OpenIdConnectConfigurationRetriever(),
                // Addresses without TLS are refused when they are saved, except on the machine itself.
                new HttpDocumentRetriever(Client()) { RequireHttps = false }));
    }

    private HttpClient Client()
    {
        var client = clients.CreateClient(OutboundClients.Tenant);
        client.MaxResponseContentBufferSize = MaxResponseBytes;
        return client;
    }

    private static CancellationTokenSource Limited(CancellationToken ct)
    {
        var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(TimeLimit);
        return limited;
    }
}
