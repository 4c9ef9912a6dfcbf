using Widget.Api.Configuration;

namespace Widget.Api.Recordings;

/// <summary>Where recordings of calls are stored, and for how long (WIDGET_RECORDINGS…).</summary>
public sealed record RecordingOptions
{
    /// <summary>The folder on this machine, or on a disk that all nodes share.</summary>
    public string Folder { get; init; } = DefaultFolder;

    /// <summary>The bucket of S3-compatible storage; null to use the folder.</summary>
    public string? Bucket { get; init; }

    /// <summary>The storage's address; null for Amazon.</summary>
    public Uri? Endpoint { get; init; }

    public string? Region { get; init; }

    public string? Key { get; init; }

    public string? Secret { get; init; }

    /// <summary>Recordings are deleted after this time.</summary>
    public int Days { get; init; } = 90;

    /// <summary>A recording without new chunks is closed after this time. Tests shorten it.</summary>
    public TimeSpan SilentTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a recording waits for the consent of all. Tests shorten it.</summary>
    public TimeSpan ConsentTime { get; init; } = TimeSpan.FromMinutes(5);

    private static string DefaultFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "widget",
        "recordings");

    internal static RecordingOptions Read(Variables variables)
    {
        var options = new RecordingOptions
        {
            Folder = variables.Text("WIDGET_RECORDINGS") ?? DefaultFolder,
            Bucket = variables.Text("WIDGET_RECORDINGS_BUCKET"),
            Endpoint = variables.Address("WIDGET_RECORDINGS_ENDPOINT", "https://s3.eu-central-1.amazonaws.com"),
            Region = variables.Text("WIDGET_RECORDINGS_REGION"),
            Key = variables.Text("WIDGET_RECORDINGS_KEY"),
            Secret = variables.Text("WIDGET_RECORDINGS_SECRET"),
            Days = variables.Integer("WIDGET_RECORDINGS_DAYS", 90, 1, 3_650),
        };
        if (options is { Bucket: not null, Key: null } or { Bucket: not null, Secret: null })
        {
            variables.Errors.Add(
                "WIDGET_RECORDINGS_KEY and WIDGET_RECORDINGS_SECRET are not both set. They give access to WIDGET_RECORDINGS_BUCKET.");
        }

        if (options is { Bucket: not null, Endpoint: null, Region: null })
            variables.Errors.Add("WIDGET_RECORDINGS_REGION or WIDGET_RECORDINGS_ENDPOINT must be set with WIDGET_RECORDINGS_BUCKET.");
        return options;
    }
}
