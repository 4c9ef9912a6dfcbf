using Widget.Admin.Api;

namespace Widget.Admin.Parts;

/// <summary>A page that shows something in progress: it asks again until nothing is in progress or the viewer leaves.</summary>
public abstract class LivePage : ConsolePage
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.5);
    private bool _watching;

    /// <summary>Starts asking, unless the page does so already.</summary>
    /// <param name="refresh">Loads the data again. Returns whether something is still in progress.</param>
    protected async void Watch(Func<Task<bool>> refresh)
    {
        if (_watching) return;
        _watching = true;
        var leaving = Leaving;
        try
        {
            var runs = true;
            while (runs)
            {
                await Task.Delay(Interval, TimeProvider.System, leaving);
                try
                {
                    runs = await refresh();
                    StateHasChanged();
                }
                catch (ApiException failure) when (failure.IsUnreachable)
                {
                    // The notice at the top says so. The data is there when the API is back.
                }
                catch (ApiException)
                {
                    runs = false;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The viewer has left the page.
        }
        finally
        {
            _watching = false;
        }
    }
}
