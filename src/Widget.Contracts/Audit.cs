namespace Widget.Contracts;

/// <summary>Something that a member or a program has changed, or has tried to change.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="At">When the request arrived.</param>
/// <param name="ActorKind"><c>member</c>, <c>key</c> or <c>operator</c>.</param>
/// <param name="Actor">The member's name, or the name of the API key.</param>
/// <param name="Action">What the endpoint does, in words.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, with the ids of what was changed.</param>
/// <param name="Status">The HTTP status of the answer. Null if the server stopped before it.</param>
public sealed record AuditEntry(
    Guid Id,
    DateTimeOffset At,
    string ActorKind,
    string Actor,
    string Action,
    string Method,
    string Path,
    int? Status);

/// <summary>A page of the audit log.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">Is sent as <c>after</c> to get the next page. Null on the last page.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Items, string? Next);
