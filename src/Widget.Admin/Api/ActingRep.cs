using Widget.Contracts;

namespace Widget.Admin.Api;

/// <summary>
/// The rep as whom the viewer acts. It is the rep with the viewer's e-mail address. A viewer who may write to visitors and is no rep yet
/// becomes one.
/// </summary>
public sealed class ActingRep(ApiClient api, Workspace workspace)
{
    /// <summary>All reps of the tenant, by name. Empty before <see cref="LoadAsync"/>.</summary>
    public IReadOnlyList<Rep> All { get; private set; } = [];

    /// <summary>The viewer's own rep. Null for a viewer who only reads.</summary>
    public Rep? Own { get; private set; }

    /// <summary>The rep to name in requests that need one. Null if the tenant has no reps.</summary>
    public Guid? Id => Own?.Id ?? (All.Count > 0 ? All[0].Id : null);

    /// <param name="timeZone">The viewer's time zone, for a new rep.</param>
    /// <param name="ct">Cancels the requests.</param>
    public async Task LoadAsync(string timeZone, CancellationToken ct)
    {
        if (workspace.Viewer is not { } viewer) return;
        All = await api.GetAsync<IReadOnlyList<Rep>>("/api/reps", ct);
        Own = Find(viewer);
        if (Own is not null || viewer.MembershipOf(workspace.Tenant)?.Allows("conversations.write") != true) return;
        try
        {
            await api.PostAsync("/api/reps", new RepRequest { Name = viewer.Display(), Email = viewer.Email, TimeZone = timeZone }, ct);
        }
        catch (ApiException failure) when (failure.Status is System.Net.HttpStatusCode.Forbidden or System.Net.HttpStatusCode.Conflict)
        {
            // The role may answer visitors, but not add reps, or there are as many as there may be.
        }

        All = await api.GetAsync<IReadOnlyList<Rep>>("/api/reps", ct);
        Own = Find(viewer);
    }

    private Rep? Find(AccountProfile viewer) =>
        All.FirstOrDefault(rep => string.Equals(rep.Email, viewer.Email, StringComparison.OrdinalIgnoreCase));
}
