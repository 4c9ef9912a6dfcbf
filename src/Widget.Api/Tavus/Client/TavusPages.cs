namespace Widget.Api.Tavus.Client;

/// <summary>Reads lists at Tavus page by page. Pages count from 1.</summary>
public static class TavusPages
{
    // More entries than any account has. It stops a list that never ends.
    private const int MaxPages = 100;

    /// <param name="pageSize">The number of entries that each page is requested with.</param>
    /// <param name="readPage">Reads a page.</param>
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(int pageSize, Func<int, Task<TavusPage<T>>> readPage)
    {
        for (var page = 1; page <= MaxPages; page++)
        {
            var list = await readPage(page);
            foreach (var item in list.Items) yield return item;
            if (list.Items.Count == 0 || page * pageSize >= list.TotalCount) yield break;
        }
    }
}
