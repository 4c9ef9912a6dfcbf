using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Widget.Rag.Storage;

namespace Widget.Api.Tavus.Sessions;

/// <summary>
/// Lets a page that is being left end its call. What a browser still sends then carries no headers, so this stands in the body, and does nothing
/// but end one call.
/// </summary>
public sealed class LeaveTokens(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Widget.VideoLeave.v1");

    public string Create(VideoSession session) => _protector.Protect($"{session.TenantId} {session.Id}");

    /// <summary>Null for one that is not ours.</summary>
    public (TenantId Tenant, VideoSessionId Session)? Read(string token)
    {
        try
        {
            return _protector.Unprotect(token).Split(' ') is [var tenant, var session]
                ? (new TenantId(Guid.Parse(tenant)), new VideoSessionId(Guid.Parse(session)))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
