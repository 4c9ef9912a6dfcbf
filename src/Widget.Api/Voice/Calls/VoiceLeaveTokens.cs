using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Widget.Rag.Storage;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// Lets a page that is being left end its call. What a browser still sends then carries no headers, so this stands in the body, and does nothing
/// but end one call.
/// </summary>
public sealed class VoiceLeaveTokens(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Widget.VoiceLeave.v1");

    public string Create(VoiceCall call) => _protector.Protect($"{call.TenantId} {call.Id}");

    /// <summary>Null for one that is not ours.</summary>
    public (TenantId Tenant, VoiceCallId Call)? Read(string token)
    {
        try
        {
            return _protector.Unprotect(token).Split(' ') is [var tenant, var call] ? (new TenantId(Guid.Parse(tenant)), new VoiceCallId(Guid.Parse(call))) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
