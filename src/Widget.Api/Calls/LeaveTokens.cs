using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Calls;

/// <summary>
/// Lets a page that is being left end its call. What a browser still sends then carries no headers, so this stands in the body, and does nothing
/// but end one call.
/// </summary>
public sealed class LeaveTokens(IDataProtectionProvider protection)
{
    /// <summary>Video calls' tokens.</summary>
    public const string Video = "Video";

    /// <summary>Voice calls' tokens.</summary>
    public const string Voice = "Voice";

    private readonly Dictionary<string, IDataProtector> _protectors =
        new[] { Video, Voice }.ToDictionary(kind => kind, kind => protection.CreateProtector($"Widget.{kind}Leave.v1"), StringComparer.Ordinal);

    /// <param name="kind">What kind of call; a token of one ends none of the other.</param>
    /// <param name="tenant">Whose call.</param>
    /// <param name="call">Which.</param>
    public string Create(string kind, TenantId tenant, Guid call) => _protectors[kind].Protect($"{tenant} {call}");

    /// <summary>
    /// Reads what a beacon has sent. Its body is text, lest the browser ask first whether it may; so it is read whatever it is called.
    /// </summary>
    /// <param name="kind">What kind of call the address is for.</param>
    /// <param name="call">The call that the address names.</param>
    /// <param name="body">The request's.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Whose call it is; null when the token is not this call's.</returns>
    /// <exception cref="JsonException">The body is no JSON.</exception>
    public async Task<TenantId?> ReadAsync(string kind, Guid call, Stream body, CancellationToken ct)
    {
        if (await JsonSerializer.DeserializeAsync<LeaveRequest>(body, JsonSerializerOptions.Web, ct) is not { LeaveToken: { Length: > 0 } token }) return null;
        try
        {
            return _protectors[kind].Unprotect(token).Split(' ') is [var tenant, var named] && Guid.Parse(named) == call ? new TenantId(Guid.Parse(tenant)) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
