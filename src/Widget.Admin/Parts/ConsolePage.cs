using Microsoft.AspNetCore.Components;
using Widget.Admin.Api;
using Widget.Contracts;

namespace Widget.Admin.Parts;

/// <summary>What the tenant's pages have in common: the API, the tenant, and how failures are shown.</summary>
public abstract class ConsolePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new(Timeout.InfiniteTimeSpan, TimeProvider.System);

    protected ConsolePage() => Leaving = _leaving.Token;

    /// <summary>The tenant's slug in the address. The layout has opened it already.</summary>
    [Parameter]
    public string Tenant { get; set; } = "";

    /// <summary>The viewer's membership of the tenant.</summary>
    [CascadingParameter]
    public Membership Membership { get; set; } = null!;

    [Inject]
    protected ApiClient Api { get; set; } = null!;

    [Inject]
    protected Workspace Workspace { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    protected Notices Notices { get; set; } = null!;

    [Inject]
    protected Confirmation Confirmation { get; set; } = null!;

    [Inject]
    protected ViewerTime Time { get; set; } = null!;

    /// <summary>Is cancelled when the viewer leaves the page.</summary>
    protected CancellationToken Leaving { get; }

    /// <summary>Whether the viewer's role allows something, such as <c>leads.write</c>.</summary>
    protected bool May(string permission) => Membership.Allows(permission);

    /// <summary>Does something at the API. Shows why if it fails.</summary>
    /// <param name="act">What to do.</param>
    /// <param name="done">Is shown when it is done. Null to show nothing.</param>
    /// <returns>Whether it is done.</returns>
    protected async Task<bool> TryAsync(Func<Task> act, string? done = null)
    {
        try
        {
            await act();
            if (done is not null) Notices.Done(done);
            return true;
        }
        catch (ApiException failure) when (failure.IsSignedOut)
        {
            var here = Uri.EscapeDataString(new Uri(Navigation.Uri).PathAndQuery);
            Navigation.NavigateTo($"/sign-in?ended=true&returnUrl={here}", forceLoad: true);
        }
        catch (ApiException failure)
        {
            Notices.Failed(failure.Message);
        }
        catch (OperationCanceledException) when (Leaving.IsCancellationRequested)
        {
            // The viewer has left the page.
        }

        return false;
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _leaving.Cancel();
        _leaving.Dispose();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }
}
