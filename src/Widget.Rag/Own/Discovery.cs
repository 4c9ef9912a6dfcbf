namespace Widget.Rag.Own;

/// <summary>How a job's items become known.</summary>
public enum Discovery
{
    /// <summary>All of them when the job was made.</summary>
    Given,

    /// <summary>By the links of the pages that it reads.</summary>
    Links,

    /// <summary>From a site map, read when the job starts.</summary>
    SiteMap,
}
