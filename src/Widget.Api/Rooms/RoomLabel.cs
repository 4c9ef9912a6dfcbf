using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Rooms;

/// <summary>What lists of other features say about a room.</summary>
/// <param name="Name">Its name, or else that of the person who called; null if there is none.</param>
/// <param name="Conversation">The conversation that the call belongs to; null if there is none.</param>
internal sealed record RoomLabel(string? Name, Guid? Conversation)
{
    /// <summary>Returns the labels of rooms by their ids.</summary>
    public static async Task<IReadOnlyDictionary<string, RoomLabel>> ReadAsync(
        TenantDb db,
        IReadOnlyCollection<string> rooms,
        CancellationToken ct)
    {
        var rows = await db.Rooms.AsNoTracking()
            .Where(room => rooms.Contains(room.Id))
            .Select(room => new { room.Id, room.Name, room.HostName, room.ConversationId })
            .ToListAsync(ct);
        return rows.ToDictionary(
            room => room.Id,
            room => new RoomLabel(room.Name ?? room.HostName, room.ConversationId?.Value),
            StringComparer.Ordinal);
    }
}
