# Makes launch.pptx with LibreOffice Impress: start `soffice --headless --accept="pipe,name=documents;urp;"`, then run this with python3-uno.
import os

import uno
from com.sun.star.awt import Point, Size
from com.sun.star.beans import PropertyValue

resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
office = resolver.resolve("uno:pipe,name=documents;urp;StarOffice.ComponentContext")
desktop = office.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
TITLE_AND_CONTENT, TITLE_ONLY = 1, 19


def setting(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


document = desktop.loadComponentFromURL("private:factory/simpress", "_blank", 0, (setting("Hidden", True),))
pages = document.DrawPages
first = pages.getByIndex(0)
first.Layout = TITLE_AND_CONTENT
first.getByIndex(0).String = "Tide Cargo launch"
first.getByIndex(1).String = "Carries 180 kg\nShips in May"
notes = first.NotesPage
[notes.getByIndex(i) for i in range(notes.Count) if notes.getByIndex(i).ShapeType.endswith("NotesShape")][0].String = "Mention that the second child seat is an accessory."
second = pages.insertNewByIndex(1)
second.Layout = TITLE_ONLY
second.getByIndex(0).String = "Prices"
table = document.createInstance("com.sun.star.drawing.TableShape")
table.Position, table.Size = Point(2000, 6000), Size(20000, 3000)
second.add(table)
table.Model.Rows.insertByIndex(1, 1)
table.Model.Columns.insertByIndex(1, 1)
for row, values in enumerate([("Model", "Price"), ("Cargo 500", "€ 4,990")]):
    for column, value in enumerate(values):
        table.Model.getCellByPosition(column, row).String = value
document.storeToURL("file://" + os.path.abspath("launch.pptx"), (setting("FilterName", "Impress MS PowerPoint 2007 XML"),))
document.close(True)
desktop.terminate()
