using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Rooms;

/// <summary>What a room's token allows: to be one participant of one room.</summary>
/// <param name="Tenant">The room's tenant.</param>
/// <param name="Room">The room.</param>
/// <param name="Participant">Who the caller is in the room.</param>
/// <param name="Role">What the caller may do.</param>
/// <param name="Name">The name, unless the person chooses another; empty if the link has none.</param>
/// <param name="ExpiresAt">Until when the token works.</param>
public sealed record RoomTicket(TenantId Tenant, string Room, Guid Participant, RoomRole Role, string Name, DateTimeOffset ExpiresAt);

/// <summary>Creates and reads rooms' tokens, which are encrypted and signed with the installation's key ring.</summary>
public sealed class RoomTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Prefix = "rt_";

    private readonly IDataProtector _protector = protection.CreateProtector("Widget.RoomToken.v1");

    public string Create(RoomTicket ticket) =>
        Prefix + Base64Url.EncodeToString(_protector.Protect(JsonSerializer.SerializeToUtf8Bytes(ticket, JsonSerializerOptions.Web)));

    /// <summary>Returns the ticket, and whether it has expired. Null if the token is not valid.</summary>
    public (RoomTicket Ticket, bool IsExpired)? Read(string? token)
    {
        if (token is null || !token.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(token.AsSpan(Prefix.Length)))
            return null;
        try
        {
            var content = _protector.Unprotect(Base64Url.DecodeFromChars(token.AsSpan(Prefix.Length)));
            var ticket = JsonSerializer.Deserialize<RoomTicket>(content, JsonSerializerOptions.Web)!;
            return (ticket, ticket.ExpiresAt <= clock.GetUtcNow());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
