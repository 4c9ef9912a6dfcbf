using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Calls;

/// <summary>
/// Creates and reads leave tokens. A page sends its token while it is being closed, to end its call. Such a request cannot have headers, so
/// the token is in the body. A token can end one call and do nothing else.
/// </summary>
public sealed class LeaveTokens(IDataProtectionProvider protection)
{
    /// <summary>The kind of video calls.</summary>
    public const string Video = "Video";

    /// <summary>The kind of voice calls.</summary>
    public const string Voice = "Voice";

    private readonly Dictionary<string, IDataProtector> _protectors =
        new[] { Video, Voice }.ToDictionary(
            kind => kind,
            kind => protection.CreateProtector($"Widget.{kind}Leave.v1"),
            StringComparer.Ordinal);

    /// <summary>Creates a token that can end one call.</summary>
    /// <param name="kind">The kind of call. A token is valid for its own kind only.</param>
    /// <param name="tenant">The call's tenant.</param>
    /// <param name="call">The call's id.</param>
    public string Create(string kind, TenantId tenant, Guid call) => _protectors[kind].Protect($"{tenant} {call}");

    /// <summary>
    /// Reads the body of a beacon. Pages send it as text/plain so that the browser skips the CORS preflight, so the content type is
    /// ignored.
    /// </summary>
    /// <param name="kind">The kind of call that the URL is for.</param>
    /// <param name="call">The call that the URL names.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="ct">Cancels reading.</param>
    /// <returns>The call's tenant; null when the token is not valid for this call.</returns>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public async Task<TenantId?> ReadAsync(string kind, Guid call, Stream body, CancellationToken ct)
    {
        var request = await JsonSerializer.DeserializeAsync<LeaveRequest>(body, JsonSerializerOptions.Web, ct);
        if (request is not { LeaveToken: { Length: > 0 } token }) return null;
        try
        {
            return _protectors[kind].Unprotect(token).Split(' ') is [var tenant, var id] && Guid.Parse(id) == call
                ? new TenantId(Guid.Parse(tenant))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
