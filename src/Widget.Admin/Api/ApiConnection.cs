namespace Widget.Admin.Api;

/// <summary>
/// Whether this viewer's last request reached the API. While it cannot be reached, the console says so at the top of every page, asks for
/// its health every few seconds, and reloads the page's data when it is back.
/// </summary>
public sealed class ApiConnection
{
    public bool IsReachable { get; private set; } = true;

    /// <summary>Is raised when <see cref="IsReachable"/> has changed.</summary>
    public event EventHandler? Changed;

    public void Report(bool reachable)
    {
        if (IsReachable == reachable) return;
        IsReachable = reachable;
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
