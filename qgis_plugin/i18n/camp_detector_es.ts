<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>CampDetector</name>
    <message>
        <location filename="../actions.py"/>
        <source>Detect dwellings…</source>
        <translation>Detectar viviendas…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Preview on the map</source>
        <translation>Vista previa en el mapa</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Models…</source>
        <translation>Modelos…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Runtime…</source>
        <translation>Motor de ejecución…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Settings…</source>
        <translation>Configuración…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Help</source>
        <translation>Ayuda</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>ONNX Runtime is not ready.</source>
        <translation>ONNX Runtime no está listo.</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>ONNX Runtime, which runs the models, is not installed.</source>
        <translation>ONNX Runtime, que ejecuta los modelos, no está instalado.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path} does not answer as a Python ({reason}): name python.exe or python3 of an environment with Camp Detector's training.</source>
        <translation>{path} no responde como un Python ({reason}): indique python.exe o python3 de un entorno con el entrenamiento de Camp Detector.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>Adapting needs a Python with Camp Detector's training, and none is named yet: name it under Settings &gt; Options &gt; Camp Detector.</source>
        <translation>La adaptación necesita un Python con el entrenamiento de Camp Detector, y todavía no se ha indicado ninguno: indíquelo en Configuración &gt; Opciones &gt; Camp Detector.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path}, named as the Python with the training, is no file: name another one under Settings &gt; Options &gt; Camp Detector.</source>
        <translation>{path}, indicado como Python con el entrenamiento, no es un archivo: indique otro en Configuración &gt; Opciones &gt; Camp Detector.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path} has Camp Detector {version}, and this plugin is of {own}: give both one version, there with {command}</source>
        <translation>{path} tiene Camp Detector {version}, y este complemento es el {own}: dé a ambos la misma versión, allí con {command}</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path} (Python {python}) lacks {name}, so it cannot train: install the training there with {command}</source>
        <translation>{path} (Python {python}) no tiene {name}, así que no puede entrenar: instale allí el entrenamiento con {command}</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>The training of {path} cannot be loaded ({reason}): install it anew with {command}</source>
        <translation>El entrenamiento de {path} no se puede cargar ({reason}): instálelo de nuevo con {command}</translation>
    </message>
    <message>
        <location filename="../adapting/results.py"/>
        <source>{folder} holds files already: name a new folder, or an empty one.</source>
        <translation>{folder} ya contiene archivos: indique una carpeta nueva o una vacía.</translation>
    </message>
    <message>
        <location filename="../adapting/results.py"/>
        <source>{folder} cannot be used: {reason}</source>
        <translation>{folder} no se puede usar: {reason}</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>The training says: {reason}</source>
        <translation>El entrenamiento dice: {reason}</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>{path} cannot be started: {reason}</source>
        <translation>{path} no se puede iniciar: {reason}</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>stopped</source>
        <translation>detenido</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>The system ended the training (signal {number}), mostly for want of memory: close other programs, or draw the reviewed area smaller.</source>
        <translation>El sistema terminó el entrenamiento (señal {number}), casi siempre por falta de memoria: cierre otros programas o dibuje más pequeña el área revisada.</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>The training ended without the report that was expected: run it again.</source>
        <translation>El entrenamiento terminó sin el informe esperado: ejecútelo de nuevo.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Adapt model</source>
        <translation>Adaptar modelo</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Teaches a model your place, from 50 to 150 dwellings that you corrected, in some minutes. Parts of the reviewed ground are held out in turn: only where the adapted model is better there, it is installed under Models; else the model stays as it is, and the log says so.

Give a folder of Export training data, or the layers. It runs in the Python with Camp Detector's training that is named under Settings &gt; Options &gt; Camp Detector.</source>
        <translation>Enseña su lugar a un modelo, a partir de 50 a 150 viviendas que usted corrigió, en unos minutos. Partes del terreno revisado se apartan por turno: solo si el modelo adaptado es mejor allí se instala en Modelos; si no, el modelo queda como está y el registro lo dice.

Dé una carpeta de Exportar datos de entrenamiento, o las capas. Se ejecuta en el Python con el entrenamiento de Camp Detector indicado en Configuración &gt; Opciones &gt; Camp Detector.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>camp,refugee,training,deep learning,adapt,fine-tune,learn</source>
        <translation>campamento,refugiados,entrenamiento,aprendizaje profundo,adaptar,afinar,aprender</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Time (minutes)</source>
        <translation>Tiempo (minutos)</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Starting {path}</source>
        <translation>Iniciando {path}</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>The adapted model is installed: choose {id} where you detect.</source>
        <translation>El modelo adaptado está instalado: elija {id} al detectar.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Nothing was installed: go on with {id}, or correct more dwellings.</source>
        <translation>No se instaló nada: siga con {id}, o corrija más viviendas.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Folder of Export training data</source>
        <translation>Carpeta de Exportar datos de entrenamiento</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Name of the place</source>
        <translation>Nombre del lugar</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Folder of report and model</source>
        <translation>Carpeta del informe y del modelo</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>True if it is better</source>
        <translation>Verdadero si es mejor</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Model to go on with</source>
        <translation>Modelo con el que seguir</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Verdict</source>
        <translation>Veredicto</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>F1 of the model before</source>
        <translation>F1 del modelo anterior</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>F1 of the model to go on with</source>
        <translation>F1 del modelo con el que seguir</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Give the folder of Export training data or the layers, not both.</source>
        <translation>Dé la carpeta de Exportar datos de entrenamiento o las capas, no ambas.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Give a folder of Export training data, or imagery and corrected dwellings.</source>
        <translation>Dé una carpeta de Exportar datos de entrenamiento, o las imágenes y las viviendas corregidas.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Stopped, because Camp Detector is updated or removed; run it again then.</source>
        <translation>Detenido, porque Camp Detector se actualiza o se elimina; vuelva a ejecutarlo después.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>{path} is no model: choose an ONNX file (.onnx), a STAC item (.json) or a package (.dlpk).</source>
        <translation>{path} no es un modelo: elija un archivo ONNX (.onnx), un elemento STAC (.json) o un paquete (.dlpk).</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>No model is installed: add one under Plugins &gt; Camp Detector &gt; Models.</source>
        <translation>No hay ningún modelo instalado: añada uno en Complementos &gt; Camp Detector &gt; Modelos.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Another model file</source>
        <translation>Otro archivo de modelo</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>The algorithm was not prepared: run it again.</source>
        <translation>El algoritmo no se preparó: ejecútelo de nuevo.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Stopped; nothing was written.</source>
        <translation>Detenido; no se escribió nada.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Classify camp pixels</source>
        <translation>Clasificar píxeles del campamento</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Writes the class of each pixel (0 is background, 255 is no image) and, if wanted, its probability (0 to 254, with a scale of 1/254) as Cloud-Optimized GeoTIFF.

Use Detect dwellings to get polygons.</source>
        <translation>Escribe la clase de cada píxel (0 es fondo, 255 es sin imagen) y, si se desea, su probabilidad (0 a 254, con una escala de 1/254) como Cloud-Optimized GeoTIFF.

Use Detectar viviendas para obtener polígonos.</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>camp,refugee,tent,shelter,segmentation,deep learning,onnx</source>
        <translation>campamento,refugiados,tienda,refugio,segmentación,aprendizaje profundo,onnx</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Say where the class raster goes.</source>
        <translation>Indique dónde se guarda el ráster de clases.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Compare two dates</source>
        <translation>Comparar dos fechas</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Holds the dwellings of two dates against each other. Two are the same where the ground that both cover is at least the given part of the ground that either covers; each dwelling is matched once, the best pairs first. One without a partner is changed (split, merged or enlarged) where dwellings of the other date cover at least half of its ground; else those of the later date appeared, those of the earlier date vanished.

Both dates must show the same ground: where they do not, give polygons of the ground that both show. Imagery of two dates is often shifted by some metres: line it up first (Georeferencer), or give a lower part. Small numbers of changes can come from the detection alone: the help page has figures.</source>
        <translation>Compara las viviendas de dos fechas. Dos viviendas son la misma si el terreno que cubren ambas es al menos la parte indicada del terreno que cubre cualquiera de las dos; cada vivienda se empareja una sola vez, primero las mejores parejas. Una sin pareja ha cambiado (dividida, unida o ampliada) si viviendas de la otra fecha cubren al menos la mitad de su terreno; si no, las de la fecha posterior aparecieron y las de la fecha anterior desaparecieron.

Ambas fechas deben mostrar el mismo terreno: si no, indique polígonos del terreno que muestran ambas. Las imágenes de dos fechas suelen estar desplazadas unos metros: alinéelas primero (Georreferenciador), o indique una parte menor. Números pequeños de cambios pueden deberse solo a la detección: la página de ayuda da cifras.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>camp,refugee,change,difference,damage,growth</source>
        <translation>campamento,refugiados,cambio,diferencia,daños,crecimiento</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>(choose a layer)</source>
        <translation>(elija una capa)</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>{appeared} appeared, {vanished} vanished, {unchanged} stayed, changed: {before} before, {after} after</source>
        <translation>{appeared} aparecieron, {vanished} desaparecieron, {unchanged} siguen, cambiadas: {before} antes, {after} después</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Changes ({counts})</source>
        <translation>Cambios ({counts})</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Only inside of these polygons</source>
        <translation>Solo dentro de estos polígonos</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Of the ground that both dates show. Not set: all dwellings.</source>
        <translation>Del terreno que muestran ambas fechas. Sin definir: todas las viviendas.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>{layer} was given for both dates: choose the dwellings of the other date.</source>
        <translation>Se dio {layer} para las dos fechas: elija las viviendas de la otra fecha.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>The dwellings of the two dates do not lie on the same ground: if the imagery does not either, give polygons of the ground that both show as {parameter}, or all others count as appeared or vanished.</source>
        <translation>Las viviendas de las dos fechas no están en el mismo terreno: si las imágenes tampoco lo están, indique polígonos del terreno que muestran ambas como {parameter}, o todas las demás cuentan como aparecidas o desaparecidas.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Outside of the polygons and left out: {before} dwellings of the earlier date, {after} of the later date</source>
        <translation>Fuera de los polígonos y excluidas: {before} viviendas de la fecha anterior, {after} de la fecha posterior</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Dwellings of the earlier date</source>
        <translation>Viviendas de la fecha anterior</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Dwellings of the later date</source>
        <translation>Viviendas de la fecha posterior</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Least common part of two dwellings (0 to 1)</source>
        <translation>Parte común mínima de dos viviendas (0 a 1)</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Changes</source>
        <translation>Cambios</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that appeared</source>
        <translation>Número de aparecidas</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that vanished</source>
        <translation>Número de desaparecidas</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number of the earlier date that changed</source>
        <translation>Número de la fecha anterior que cambiaron</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number of the later date that changed</source>
        <translation>Número de la fecha posterior que cambiaron</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that stayed</source>
        <translation>Número de las que permanecen</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Choose the dwellings of the earlier date.</source>
        <translation>Elija las viviendas de la fecha anterior.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Not one outline differs between the two dates: see that they are not copies of one layer.</source>
        <translation>Ningún contorno difiere entre las dos fechas: compruebe que no sean copias de una misma capa.</translation>
    </message>
    <message>
        <location filename="../algorithms/converting.py"/>
        <source>Fields that have another name in the format of {path}: {names}</source>
        <translation>Campos que tienen otro nombre en el formato de {path}: {names}</translation>
    </message>
    <message>
        <location filename="../algorithms/converting.py"/>
        <source>Fields that the format of {path} cannot hold: {names}</source>
        <translation>Campos que el formato de {path} no puede contener: {names}</translation>
    </message>
    <message>
        <location filename="../algorithms/converting.py"/>
        <source>Texts that are longer than the format of {path} holds and were cut, by field: {names}. A GeoPackage (.gpkg) holds them.</source>
        <translation>Textos más largos de lo que admite el formato de {path} y que se cortaron, por campo: {names}. Un GeoPackage (.gpkg) los contiene enteros.</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>hexagons {metres} m wide</source>
        <translation>hexágonos de {metres} m de ancho</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>area {number}</source>
        <translation>zona {number}</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>hexagon {number}</source>
        <translation>hexágono {number}</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>{layer} holds {count} features, and none is a polygon or a point: choose the layer of the dwellings.</source>
        <translation>Ningún elemento de {layer} (número: {count}) es un polígono ni un punto: elija la capa de las viviendas.</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>Features of {layer} that are no polygon with an area and are left out: {count}</source>
        <translation>Elementos de {layer} que no son polígonos con superficie y se omiten: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>The boundaries hold no polygon: choose another layer, or none.</source>
        <translation>Los límites no contienen ningún polígono: elija otra capa, o ninguna.</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Detect dwellings</source>
        <translation>Detectar viviendas</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Finds the dwellings in drone or satellite imagery and writes them as polygons with their class, their mean probability and their area in square metres.

Choose the imagery and press Run. Map services (WMS, XYZ tiles) need an extent. A higher threshold gives fewer dwellings that are surer. Class and probability rasters are Cloud-Optimized GeoTIFF.</source>
        <translation>Encuentra las viviendas en imágenes de dron o de satélite y las escribe como polígonos con su clase, su probabilidad media y su superficie en metros cuadrados.

Elija las imágenes y pulse Ejecutar. Los servicios de mapas (WMS, teselas XYZ) necesitan una extensión. Un umbral más alto da menos viviendas, pero más seguras. Los rásteres de clases y de probabilidad son Cloud-Optimized GeoTIFF.</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>camp,refugee,tent,shelter,building,footprint,deep learning,onnx</source>
        <translation>campamento,refugiados,tienda,refugio,edificio,huella,aprendizaje profundo,onnx</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{layer}: 1 dwelling</source>
        <translation>{layer}: 1 vivienda</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{layer}: {count} dwellings</source>
        <translation>{layer}: {count} viviendas</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Number of dwellings</source>
        <translation>Número de viviendas</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Covered square metres</source>
        <translation>Metros cuadrados cubiertos</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>1 dwelling</source>
        <translation>1 vivienda</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{count} dwellings</source>
        <translation>{count} viviendas</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{path}: such files are in longitude and latitude, to which the local coordinate system of the imagery does not lead: choose a GeoPackage (.gpkg).</source>
        <translation>{path}: tales archivos están en longitud y latitud, a las que el sistema de coordenadas local de la imagen no conduce: elija un GeoPackage (.gpkg).</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Points of {layer}, which have no ground to compare and are left out: {count}</source>
        <translation>Puntos de {layer}, que no tienen terreno que comparar y se omiten: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Points of {layer} that share a feature with others, each of which is counted as a dwelling: {count}</source>
        <translation>Puntos de {layer} que comparten un elemento con otros, cada uno de los cuales se cuenta como una vivienda: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Features of {layer} that are no dwelling and are left out: {count} (without a geometry: {nowhere}; without an area: {flat}; lines or other shapes: {lines}; nowhere on the Earth: {beyond})</source>
        <translation>Elementos de {layer} que no son viviendas y se omiten: {count} (sin geometría: {nowhere}; sin superficie: {flat}; líneas u otras formas: {lines}; en ningún lugar de la Tierra: {beyond})</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Polygons of {layer} inside geometry collections, which were taken: {count}</source>
        <translation>Polígonos de {layer} dentro de colecciones de geometrías, que se tomaron: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Polygons of {layer} that are the same as another one, which were counted once: {count}</source>
        <translation>Polígonos de {layer} iguales a otro, que se contaron una sola vez: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Dwellings of {layer} that are given as points, which are counted and have no area: {count}</source>
        <translation>Viviendas de {layer} dadas como puntos, que se cuentan y no tienen superficie: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Export training data</source>
        <translation>Exportar datos de entrenamiento</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Writes a part of the imagery, the dwellings that you corrected there, and the area that you reviewed into a folder that a model is taught with: by Adapt model here, or by the command in the log on a computer with Camp Detector's training.

Detect dwellings, then correct them on a part of the imagery: 50 to 150, of all kinds that there are. Draw the area in which none is missing any more; beyond it nothing is known, and nothing counts.</source>
        <translation>Escribe una parte de las imágenes, las viviendas que usted corrigió allí y el área que revisó en una carpeta con la que se enseña a un modelo: con Adaptar modelo aquí, o con la orden del registro en un ordenador con el entrenamiento de Camp Detector.

Detecte las viviendas y corríjalas después en una parte de las imágenes: de 50 a 150, de todas las clases que haya. Dibuje el área en la que ya no falta ninguna; más allá nada se sabe y nada cuenta.</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>camp,refugee,training,labels,deep learning,adapt,fine-tune</source>
        <translation>campamento,refugiados,entrenamiento,etiquetas,aprendizaje profundo,adaptar,afinar</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>The training data lie in {folder}</source>
        <translation>Los datos de entrenamiento están en {folder}</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Teach the model with Adapt model, or on any computer with:</source>
        <translation>Enséñelos al modelo con Adaptar modelo, o en cualquier ordenador con:</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Replace an earlier export in the folder</source>
        <translation>Sustituir una exportación anterior en la carpeta</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Folder</source>
        <translation>Carpeta</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Reviewed hectares</source>
        <translation>Hectáreas revisadas</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Command that teaches a model</source>
        <translation>Orden que enseña a un modelo</translation>
    </message>
    <message>
        <location filename="../algorithms/features.py"/>
        <source>{layer} holds geometry collections, to which QGIS gives no coordinate system: turn them into polygons first.</source>
        <translation>{layer} contiene colecciones de geometrías, a las que QGIS no da sistema de coordenadas: conviértalas antes en polígonos.</translation>
    </message>
    <message>
        <location filename="../algorithms/features.py"/>
        <source>{layer} has no coordinate system, so that areas on the ground are unknown: set it in the layer's properties.</source>
        <translation>{layer} no tiene sistema de coordenadas, por lo que no se conocen las superficies en el terreno: defínalo en las propiedades de la capa.</translation>
    </message>
    <message>
        <location filename="../algorithms/features.py"/>
        <source>Outlines of {layer} that have no place in the other layer's coordinate system and are left out: {count}. Look at its coordinate system.</source>
        <translation>Contornos de {layer} que no tienen lugar en el sistema de coordenadas de la otra capa y se omiten: {count}. Revise su sistema de coordenadas.</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Imagery around the area (m)</source>
        <translation>Imágenes alrededor del área (m)</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Of layers without a file, such as a WMS. Files are copied as they are.</source>
        <translation>De capas sin archivo, como un WMS. Los archivos se copian como están.</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Numbers such as 3,2,1, in the model's order. Not set: all but alpha.</source>
        <translation>Números como 3,2,1, en el orden del modelo. Sin valor: todas menos alfa.</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Corrected dwellings</source>
        <translation>Viviendas corregidas</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Reviewed area, in which no dwelling is missing</source>
        <translation>Área revisada, en la que no falta ninguna vivienda</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Field with the class of each dwelling</source>
        <translation>Campo con la clase de cada vivienda</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Credit that imagery or dwellings ask for</source>
        <translation>Crédito que piden las imágenes o las viviendas</translation>
    </message>
    <message>
        <location filename="../algorithms/inputs.py"/>
        <source>{path} is an input of this run: choose another name for the output.</source>
        <translation>{path} es una entrada de este proceso: elija otro nombre para el resultado.</translation>
    </message>
    <message>
        <location filename="../algorithms/mask.py"/>
        <source>The layer of {parameter} has no polygon: choose another one, or none.</source>
        <translation>La capa {parameter} no tiene ningún polígono: elija otra, o ninguna.</translation>
    </message>
    <message>
        <location filename="../algorithms/matching.py"/>
        <source>{layer} holds no outline of a dwelling, only points, lines or empty features, whose ground cannot be compared: choose a layer of polygons.</source>
        <translation>{layer} no contiene ningún contorno de vivienda, solo puntos, líneas o elementos vacíos, cuyo terreno no se puede comparar: elija una capa de polígonos.</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Model information</source>
        <translation>Información del modelo</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Says what a model is made for: bands, resolution, classes, accuracy, licence, and who must be named when results are published. Nothing is run.</source>
        <translation>Dice para qué está hecho un modelo: bandas, resolución, clases, exactitud, licencia y a quién hay que citar al publicar resultados. No se ejecuta nada.</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Purpose</source>
        <translation>Finalidad</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>File</source>
        <translation>Archivo</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Checksum</source>
        <translation>Suma de comprobación</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Page</source>
        <translation>Página</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Name and version</source>
        <translation>Nombre y versión</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Metres a pixel</source>
        <translation>Metros por píxel</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Threshold</source>
        <translation>Umbral</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>m</source>
        <translation>m</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>m²</source>
        <translation>m²</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>pixels</source>
        <translation>píxeles</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Give {form}.</source>
        <translation>Indique {form}.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>{word} is {meaning}.</source>
        <translation>{word}: {meaning}.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Not set: {unset}.</source>
        <translation>Sin definir: {unset}.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>There is no device {name}: choose one of {known} as {parameter}.</source>
        <translation>No hay ningún dispositivo {name}: elija uno de {known} como {parameter}.</translation>
    </message>
    <message>
        <location filename="../algorithms/outlines.py"/>
        <source>{layer} holds outlines that lie nowhere on the Earth: look at its coordinate system.</source>
        <translation>{layer} contiene contornos que no están en ningún lugar de la Tierra: revise su sistema de coordenadas.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>A dwelling belongs to the area that holds its centre, and to one alone.</source>
        <translation>Una vivienda pertenece a la zona que contiene su centro, y solo a esa.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>North is up; the bar is {metres} m long.</source>
        <translation>El norte está arriba; la barra mide {metres} m.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>And {count} more, which are in the layer.</source>
        <translation>Y {count} más, que están en la capa.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>No.</source>
        <translation>N.º</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Area</source>
        <translation>Zona</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Dwellings</source>
        <translation>Viviendas</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Covered m²</source>
        <translation>m² cubiertos</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Mean m²</source>
        <translation>m² de media</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Hectares</source>
        <translation>Hectáreas</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Per hectare</source>
        <translation>Por hectárea</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Covered %</source>
        <translation>% cubierto</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Summary of a camp</source>
        <translation>Resumen de un campamento</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Date of this page</source>
        <translation>Fecha de esta página</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Layer of dwellings</source>
        <translation>Capa de viviendas</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Counted in</source>
        <translation>Contadas en</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>The model is not installed here: ask who made the layer.</source>
        <translation>El modelo no está instalado aquí: pregunte a quien hizo la capa.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>{path} cannot be written: {reason}</source>
        <translation>{path} no se puede escribir: {reason}</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>The numbers are those of the table; small areas show none.</source>
        <translation>Los números son los de la tabla; las zonas pequeñas no llevan.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>To be named where these figures are published</source>
        <translation>A citar donde se publiquen estas cifras</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>not stated</source>
        <translation>no indicado</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>To be credited</source>
        <translation>A quién citar</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Dwellings a hectare</source>
        <translation>Viviendas por hectárea</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>nobody</source>
        <translation>nadie</translation>
    </message>
    <message>
        <location filename="../algorithms/requests.py"/>
        <source>{path} cannot be read as imagery: choose a raster layer or file.</source>
        <translation>{path} no se puede leer como imagen: elija una capa o un archivo ráster.</translation>
    </message>
    <message>
        <location filename="../algorithms/requests.py"/>
        <source>{parameter} is empty: choose another one, or leave it out.</source>
        <translation>{parameter} está vacía: elija otra, o no indique ninguna.</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Threshold {threshold}, minimum area {area} m², tile overlap {overlap} pixels</source>
        <translation>Umbral {threshold}, superficie mínima {area} m², solape de teselas {overlap} píxeles</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Looked at: {width} x {height} pixels of {gsd} m; tiles: {tiles}, of them empty: {skipped}</source>
        <translation>Examinado: {width} x {height} píxeles de {gsd} m; teselas: {tiles}, de ellas vacías: {skipped}</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Threshold {threshold}, tile overlap {overlap} pixels</source>
        <translation>Umbral {threshold}, solape de teselas {overlap} píxeles</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>There is no valid pixel where dwellings were looked for.</source>
        <translation>No hay ningún píxel válido donde se buscaron viviendas.</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>{layer}: classes</source>
        <translation>{layer}: clases</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>{layer}: probability</source>
        <translation>{layer}: probabilidad</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summarise camp</source>
        <translation>Resumir campamento</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Counts dwellings, the ground that they cover, their mean size and their density, in each polygon of a layer or, without one, in hexagons. A dwelling belongs to the area that holds its centre, and to one alone, so totals add up. Points are counted as well; the ground that they cover is not known. The boundaries' own fields are kept; hexagons without dwellings are left out. The report is a page to print: a picture with numbered areas, a table, and who must be named.</source>
        <translation>Cuenta las viviendas, el terreno que cubren, su tamaño medio y su densidad en cada polígono de una capa o, sin capa, en hexágonos. Una vivienda pertenece a la zona que contiene su centro, y solo a esa, de modo que los totales cuadran. Los puntos también se cuentan; el terreno que cubren no se conoce. Se conservan los campos propios de los límites; los hexágonos sin viviendas se omiten. El informe es una página para imprimir: una imagen con zonas numeradas, una tabla y a quién hay que citar.</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>camp,refugee,statistics,density,count,report,hexagon</source>
        <translation>campamento,refugiados,estadísticas,densidad,recuento,informe,hexágono</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summary ({count})</source>
        <translation>Resumen ({count})</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Dwellings (polygons or points)</source>
        <translation>Viviendas (polígonos o puntos)</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Boundaries (default: hexagons)</source>
        <translation>Límites (por defecto: hexágonos)</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Field with the name of each boundary</source>
        <translation>Campo con el nombre de cada límite</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Width of the hexagons in metres</source>
        <translation>Anchura de los hexágonos en metros</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summary</source>
        <translation>Resumen</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Report</source>
        <translation>Informe</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>{layer} was given as dwellings and as boundaries: choose other boundaries, or none.</source>
        <translation>Se dio {layer} como viviendas y como límites: elija otros límites, o ninguno.</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>all dwellings</source>
        <translation>todas las viviendas</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>outside of all areas</source>
        <translation>fuera de todas las zonas</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} cannot be written: {reason}. Is the disk full?</source>
        <translation>{path} no se puede escribir: {reason}. ¿Está lleno el disco?</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} could not be written whole: the disk may be full, or its format not hold all outlines as a GeoPackage (.gpkg) does.</source>
        <translation>{path} no se pudo escribir entero: quizá el disco esté lleno, o su formato no guarde todos los contornos como lo hace un GeoPackage (.gpkg).</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} is being changed by another program, or by an edit in QGIS: finish that first.</source>
        <translation>{path} está siendo modificado por otro programa, o por una edición en QGIS: termínela primero.</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} could not be written whole: is the disk full?</source>
        <translation>{path} no se pudo escribir entero: ¿está lleno el disco?</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>QGIS reads {path} as another name, because of the | in it: rename it.</source>
        <translation>QGIS lee {path} como otro nombre, por la | que contiene: cámbielo.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} must end in .tif: class and probability rasters are GeoTIFF.</source>
        <translation>{path} debe terminar en .tif: los rásteres de clases y de probabilidad son GeoTIFF.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path}: outlines and all fields cannot be written so here; the name must end in one of {endings}.</source>
        <translation>{path}: los contornos y todos los campos no se pueden escribir así aquí; el nombre debe terminar en una de {endings}.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>The name {name}... is too long for a file: choose a shorter one.</source>
        <translation>El nombre {name}... es demasiado largo para un archivo: elija uno más corto.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is no name of a file: choose another one.</source>
        <translation>{path} no es un nombre de archivo: elija otro.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>The folder {folder} does not exist: make it first.</source>
        <translation>La carpeta {folder} no existe: créela primero.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is no folder: choose another name.</source>
        <translation>{path} no es una carpeta: elija otro nombre.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>Nothing may be written to {folder}: choose another folder.</source>
        <translation>No se puede escribir en {folder}: elija otra carpeta.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} may not be changed: choose another name.</source>
        <translation>{path} no se puede modificar: elija otro nombre.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} cannot be opened to add a table: choose another file.</source>
        <translation>{path} no se puede abrir para añadir una tabla: elija otro archivo.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is named for two results: give each its own file.</source>
        <translation>{path} está indicado para dos resultados: dé a cada uno su propio archivo.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is a symbolic link: name the file that it leads to, or another one.</source>
        <translation>{path} es un enlace simbólico: indique el archivo al que lleva, u otro.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is a folder: name a file in it.</source>
        <translation>{path} es una carpeta: indique un archivo dentro de ella.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is a device or a pipe: choose another name.</source>
        <translation>{path} es un dispositivo o una tubería: elija otro nombre.</translation>
    </message>
    <message>
        <location filename="../algorithms/writing.py"/>
        <source>The results cannot be put in place: close what has an earlier result of the same name open, such as a layer of the project ({reason})</source>
        <translation>Los resultados no se pueden poner en su lugar: cierre lo que tenga abierto un resultado anterior del mismo nombre, como una capa del proyecto ({reason})</translation>
    </message>
    <message>
        <location filename="../feedback.py"/>
        <source>Tile {done} of {total}</source>
        <translation>Tesela {done} de {total}</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Models: {count}.</source>
        <translation>Modelos: {count}.</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Camp Detector: models of a catalogue</source>
        <translation>Camp Detector: modelos de un catálogo</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>STAC catalogue: a file, or https://…/catalog.json</source>
        <translation>Catálogo STAC: un archivo, o https://…/catalog.json</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>File…</source>
        <translation>Archivo…</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>The network is used only when you press Open or Download.</source>
        <translation>La red solo se usa cuando pulsa Abrir o Descargar.</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Download and add</source>
        <translation>Descargar y añadir</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>{count} left out: {why}</source>
        <translation>{count} omitidos: {why}</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>A STAC catalogue</source>
        <translation>Un catálogo STAC</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>STAC catalogue (*.json)</source>
        <translation>Catálogo STAC (*.json)</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Reading the catalogue</source>
        <translation>Leyendo el catálogo</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Downloading {name}</source>
        <translation>Descargando {name}</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Stopped.</source>
        <translation>Detenido.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>{name} was added; its checksum was verified.</source>
        <translation>Se añadió {name}; se verificó su suma de comprobación.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>not known</source>
        <translation>no se conoce</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>{name} is already there.</source>
        <translation>{name} ya está aquí.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>in the folder {place}</source>
        <translation>en la carpeta {place}</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>longitude {west} to {east}, latitude {south} to {north}</source>
        <translation>longitud {west} a {east}, latitud {south} a {north}</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy, test</source>
        <translation>Exactitud, prueba</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy, validation</source>
        <translation>Exactitud, validación</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>dwellings</source>
        <translation>viviendas</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Training area</source>
        <translation>Zona de entrenamiento</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Origin</source>
        <translation>Origen</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>came with the plugin</source>
        <translation>incluido en el complemento</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>added from {place}</source>
        <translation>añadido desde {place}</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>shown on the map</source>
        <translation>se muestra en el mapa</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy</source>
        <translation>Exactitud</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Models (*.onnx *.dlpk *.json)</source>
        <translation>Modelos (*.onnx *.dlpk *.json)</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Camp Detector: models</source>
        <translation>Camp Detector: modelos</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a file…</source>
        <translation>Añadir un archivo…</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a folder…</source>
        <translation>Añadir una carpeta…</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>From a catalogue…</source>
        <translation>De un catálogo…</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Use by default</source>
        <translation>Usar por defecto</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Zoom to training area</source>
        <translation>Acercar a la zona de entrenamiento</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a model</source>
        <translation>Añadir un modelo</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>A folder with models</source>
        <translation>Una carpeta con modelos</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Remove {name} from this computer?</source>
        <translation>¿Quitar {name} de este ordenador?</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>{name} (default)</source>
        <translation>{name} (por defecto)</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>{name} was removed.</source>
        <translation>{name} se ha eliminado.</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>There is no model yet: add a file.</source>
        <translation>Todavía no hay ningún modelo: añada un archivo.</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Default device</source>
        <translation>Dispositivo por defecto</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Of the preview, and the first choice in the algorithms.</source>
        <translation>El de la vista previa, y la primera opción en los algoritmos.</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Default model</source>
        <translation>Modelo por defecto</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Folders with models</source>
        <translation>Carpetas con modelos</translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>{layer} is not on the map: zoom to the layer.</source>
        <translation>{layer} no está en el mapa: acerque a la capa.</translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>The map shows {million} million pixels of the model, too many for a preview (at most {most}): zoom in.</source>
        <translation>El mapa muestra {million} millones de píxeles del modelo, demasiados para una vista previa (como máximo {most}): acérquese.</translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>The map shows no place that {layer} knows: zoom to the layer.</source>
        <translation>El mapa no muestra ningún lugar que {layer} conozca: acerque a la capa.</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Dwellings on the visible map at threshold {threshold}: {count}, covering {area} m².</source>
        <translation>Viviendas en el mapa visible con umbral {threshold}: {count}, que cubren {area} m².</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Camp Detector: preview</source>
        <translation>Camp Detector: vista previa</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Preview the visible map</source>
        <translation>Vista previa del mapa visible</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Clear</source>
        <translation>Borrar</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Detect in the whole layer…</source>
        <translation>Detectar en toda la capa…</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Layer</source>
        <translation>Capa</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Previewing {layer}</source>
        <translation>Vista previa de {layer}</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>This layer has no end, so the dialog opens with the extent of the map.</source>
        <translation>Esta capa no tiene fin, así que el diálogo se abre con la extensión del mapa.</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Choose a raster layer and a model.</source>
        <translation>Elija una capa ráster y un modelo.</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Drawing dwellings</source>
        <translation>Dibujando viviendas</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Detect in the visible map…</source>
        <translation>Detectar en el mapa visible…</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: probability</source>
        <translation>Vista previa: probabilidad</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: dwellings</source>
        <translation>Vista previa: viviendas</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: 1 dwelling</source>
        <translation>Vista previa: 1 vivienda</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: {count} dwellings</source>
        <translation>Vista previa: {count} viviendas</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>below {value}</source>
        <translation>menos de {value}</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>from {value}</source>
        <translation>desde {value}</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>near 1</source>
        <translation>cerca de 1</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Remove Camp Detector's ONNX Runtime?</source>
        <translation>¿Quitar el ONNX Runtime de Camp Detector?</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime, which runs the models, cannot be loaded ({reason}): install it anew.</source>
        <translation>ONNX Runtime, que ejecuta los modelos, no se puede cargar ({reason}): instálelo de nuevo.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>I agree that it is fetched from the Python Package Index (about 30 MB) and installed for Camp Detector alone.</source>
        <translation>Acepto que se descargue del Python Package Index (unos 30 MB) y se instale solo para Camp Detector.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Download and install</source>
        <translation>Descargar e instalar</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Install from a wheel file…</source>
        <translation>Instalar desde un archivo wheel…</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>It goes into a folder of your QGIS profile. QGIS' own Python and its numpy are left as they are, and it counts only after it has worked beside them.</source>
        <translation>Va a una carpeta de su perfil de QGIS. El Python de QGIS y su numpy quedan como están, y solo cuenta después de haber funcionado junto a ellos.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Install</source>
        <translation>Instalar</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processor</source>
        <translation>Procesador</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Without a network: this line gets the wheel file for this QGIS on another computer that has Python.</source>
        <translation>Sin red: esta línea obtiene el archivo wheel para este QGIS en otro equipo que tenga Python.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime {version} is ready.</source>
        <translation>ONNX Runtime {version} está listo.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>numpy of QGIS: {version}</source>
        <translation>numpy de QGIS: {version}</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Installing ONNX Runtime</source>
        <translation>Instalando ONNX Runtime</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>A wheel of ONNX Runtime</source>
        <translation>Un wheel de ONNX Runtime</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Python wheel (*.whl)</source>
        <translation>Wheel de Python (*.whl)</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Camp Detector: runtime</source>
        <translation>Camp Detector: motor de ejecución</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Camp Detector's own</source>
        <translation>el de Camp Detector</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>of QGIS' Python</source>
        <translation>el del Python de QGIS</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Loaded from: {folder} ({where})</source>
        <translation>Cargado desde: {folder} ({where})</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processors: {names}</source>
        <translation>Procesadores: {names}</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime {version} is installed.</source>
        <translation>ONNX Runtime {version} está instalado.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processor (CPU); works everywhere</source>
        <translation>Procesador (CPU); funciona en todas partes</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Any GPU of Windows (DirectML)</source>
        <translation>Cualquier GPU de Windows (DirectML)</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>NVIDIA GPU; needs CUDA and cuDNN (about 200 MB)</source>
        <translation>GPU NVIDIA; necesita CUDA y cuDNN (unos 200 MB)</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Stopped; nothing was changed.</source>
        <translation>Detenido; no se cambió nada.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Removed; what is loaded goes on until QGIS is closed.</source>
        <translation>Quitado; lo que está cargado sigue hasta que se cierre QGIS.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Start QGIS again to use it.</source>
        <translation>Reinicie QGIS para usarlo.</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>python.exe or python3 of an environment</source>
        <translation>python.exe o python3 de un entorno</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Camp Detector {version} is there: it can adapt.</source>
        <translation>Camp Detector {version} está ahí: puede adaptar.</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>A Python</source>
        <translation>Un Python</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Python with the training, for Adapt model</source>
        <translation>Python con el entrenamiento, para Adaptar modelo</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Browse…</source>
        <translation>Examinar…</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Check</source>
        <translation>Comprobar</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Only needed to adapt models. It is a Python of its own, not that of QGIS, in which Camp Detector is installed with its training.</source>
        <translation>Solo hace falta para adaptar modelos. Es un Python propio, no el de QGIS, en el que Camp Detector está instalado con su entrenamiento.</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Looking at a Python</source>
        <translation>Examinando un Python</translation>
    </message>
    <message>
        <location filename="../gui/work.py"/>
        <source>Something unexpected went wrong ({kind}); the log messages panel, tab Camp Detector, holds the details.</source>
        <translation>Ocurrió algo inesperado ({kind}); los detalles están en el panel de mensajes de registro, pestaña Camp Detector.</translation>
    </message>
    <message>
        <location filename="../jobs.py"/>
        <source>Model {id} on {where}</source>
        <translation>Modelo {id} en {where}</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>{layer} does not say where it ends: choose an extent.</source>
        <translation>{layer} no dice dónde termina: elija una extensión.</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>The extent reaches beyond all places that {layer} can have: choose one that holds the camp.</source>
        <translation>La extensión va más allá de todos los lugares que {layer} puede tener: elija una que contenga el campamento.</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>{layer} has pixels of {finest} m at best, too coarse for {wanted} m: small things are not in the picture. Choose finer imagery, or give {finest} as {parameter} to run it all the same.</source>
        <translation>{layer} tiene en el mejor caso píxeles de {finest} m, demasiado gruesos para {wanted} m: los objetos pequeños no aparecen. Elija imágenes más finas, o indique {finest} como {parameter} para ejecutarlo de todos modos.</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>The extent holds no part of {layer}: choose another.</source>
        <translation>La extensión no contiene ninguna parte de {layer}: elija otra.</translation>
    </message>
    <message>
        <location filename="../layers.py"/>
        <source>The raster layer cannot be read: load it again.</source>
        <translation>La capa ráster no se puede leer: cárguela de nuevo.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is no STAC catalogue, collection or item.</source>
        <translation>{place} no es un catálogo, una colección ni un elemento STAC.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>The catalogue gives no SHA-256 for {name}, so it cannot be told whether the file is whole: ask its publisher.</source>
        <translation>El catálogo no da ningún SHA-256 de {name}, por lo que no se puede saber si el archivo está completo: pregunte a quien lo publica.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is not the file that the catalogue describes (its checksum differs): it was not added.</source>
        <translation>{place} no es el archivo que describe el catálogo (su suma de comprobación difiere): no se añadió.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} and its catalogue describe different models.</source>
        <translation>{place} y su catálogo describen modelos distintos.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is no model of Camp Detector.</source>
        <translation>{place} no es un modelo de Camp Detector.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} leads to {href}, which does not lie in the catalogue.</source>
        <translation>{place} lleva a {href}, que no está en el catálogo.</translation>
    </message>
    <message>
        <location filename="../models/installed.py"/>
        <source>{path} has changed since it was added (its checksum differs): remove the model and add it again.</source>
        <translation>{path} ha cambiado desde que se añadió (su suma de comprobación difiere): quite el modelo y añádalo de nuevo.</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>none</source>
        <translation>ninguno</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>There is no model {name} (there are: {known}): add it under Plugins &gt; Camp Detector &gt; Models, or give its file as “Another model file” (MODEL_FILE).</source>
        <translation>No hay ningún modelo {name} (hay: {known}): añádalo en Complementos &gt; Camp Detector &gt; Modelos, o indique su archivo como «Otro archivo de modelo» (MODEL_FILE).</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>{name} was not added here, so it is not removed here.</source>
        <translation>{name} no se añadió aquí, así que no se quita aquí.</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>The model could not be stored in {folder}: {reason}</source>
        <translation>El modelo no se pudo guardar en {folder}: {reason}</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>{name} could not be removed: {reason}</source>
        <translation>{name} no se pudo quitar: {reason}</translation>
    </message>
    <message>
        <location filename="../models/network.py"/>
        <source>{url} could not be fetched: {reason}</source>
        <translation>{url} no se pudo obtener: {reason}</translation>
    </message>
    <message>
        <location filename="../models/network.py"/>
        <source>{url} is no address of a web page.</source>
        <translation>{url} no es una dirección web.</translation>
    </message>
    <message>
        <location filename="../plugin.py"/>
        <source>A run of Camp Detector does not stop: start QGIS again.</source>
        <translation>Una ejecución de Camp Detector no se detiene: reinicie QGIS.</translation>
    </message>
    <message>
        <location filename="../provider.py"/>
        <source>Camp Detector: dwellings in drone and satellite imagery</source>
        <translation>Camp Detector: viviendas en imágenes de dron y de satélite</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>parts of it are missing</source>
        <translation>faltan partes de él</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>ONNX Runtime was fetched but does not work with this QGIS: {reason}</source>
        <translation>ONNX Runtime se obtuvo, pero no funciona con este QGIS: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>This would put numpy {other} in the place of QGIS' numpy {own}, so it was not installed.</source>
        <translation>Esto pondría numpy {other} en lugar del numpy {own} de QGIS, así que no se instaló.</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>ONNX Runtime could not be tried out: {reason}</source>
        <translation>ONNX Runtime no se pudo probar: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>it gave a wrong result</source>
        <translation>dio un resultado erróneo</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>{device} cannot be used ({reason}), so the model runs on the processor.</source>
        <translation>{device} no se puede usar ({reason}), así que el modelo se ejecuta en el procesador.</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>this ONNX Runtime is not made for it</source>
        <translation>este ONNX Runtime no está hecho para él</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>its driver or a library is missing</source>
        <translation>falta su controlador o una biblioteca</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Automatic: a GPU where there is one</source>
        <translation>Automático: una GPU donde la haya</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Processor (CPU)</source>
        <translation>Procesador (CPU)</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>NVIDIA GPU (CUDA)</source>
        <translation>GPU NVIDIA (CUDA)</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>GPU through DirectML</source>
        <translation>GPU mediante DirectML</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Apple GPU (Core ML)</source>
        <translation>GPU de Apple (Core ML)</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>ONNX Runtime wants the Python package {name}, which this QGIS lacks: install another version.</source>
        <translation>ONNX Runtime necesita el paquete de Python {name}, que falta en este QGIS: instale otra versión.</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Trying it out beside QGIS' numpy</source>
        <translation>Probándolo junto al numpy de QGIS</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Fetching {name}</source>
        <translation>Obteniendo {name}</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Unpacking {name}</source>
        <translation>Descomprimiendo {name}</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>The installation was stopped.</source>
        <translation>La instalación se detuvo.</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>{folder} cannot be written: {reason}</source>
        <translation>No se puede escribir en {folder}: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>What was fetched brings {name}, which belongs to QGIS, so it was not installed.</source>
        <translation>Lo obtenido trae {name}, que pertenece a QGIS, así que no se instaló.</translation>
    </message>
    <message>
        <location filename="../runtime/loading.py"/>
        <source>ONNX Runtime, which runs the models, is not installed: install it under Plugins &gt; Camp Detector &gt; Runtime.</source>
        <translation>ONNX Runtime, que ejecuta los modelos, no está instalado: instálelo en Complementos &gt; Camp Detector &gt; Motor de ejecución.</translation>
    </message>
    <message>
        <location filename="../runtime/loading.py"/>
        <source>ONNX Runtime, which runs the models, cannot be loaded ({reason}): install it anew under Plugins &gt; Camp Detector &gt; Runtime.</source>
        <translation>ONNX Runtime, que ejecuta los modelos, no se puede cargar ({reason}): instálelo de nuevo en Complementos &gt; Camp Detector &gt; Motor de ejecución.</translation>
    </message>
    <message>
        <location filename="../runtime/offline.py"/>
        <source>{name} is for {theirs} and this QGIS needs {own}: get the wheel with the line that Plugins &gt; Camp Detector &gt; Runtime shows.</source>
        <translation>{name} es para {theirs} y este QGIS necesita {own}: obtenga el archivo wheel con la línea que muestra Complementos &gt; Camp Detector &gt; Motor de ejecución.</translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>QGIS' Python has no pip to fetch {what} with: choose a wheel file.</source>
        <translation>El Python de QGIS no tiene pip para obtener {what}: elija un archivo wheel.</translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>{what} could not be fetched; pip says: {reason}</source>
        <translation>{what} no se pudo obtener; pip dice: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>QGIS' Python could not be started: {reason}</source>
        <translation>El Python de QGIS no se pudo iniciar: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/python.py"/>
        <source>The Python program of this QGIS was not found beside it, so nothing can be tried out: install onnxruntime with the installer of QGIS.</source>
        <translation>No se encontró el programa Python de este QGIS junto a él, así que no se puede probar nada: instale onnxruntime con el instalador de QGIS.</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>{path} is damaged, or no wheel: {reason}</source>
        <translation>{path} está dañado, o no es un wheel: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>{path} is no wheel of ONNX Runtime: choose a file onnxruntime-….whl</source>
        <translation>{path} no es un wheel de ONNX Runtime: elija un archivo onnxruntime-….whl</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>it unpacks to too much</source>
        <translation>descomprimido ocupa demasiado</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>a file in it leads out of its folder</source>
        <translation>un archivo suyo lleva fuera de su carpeta</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>it holds a link</source>
        <translation>contiene un enlace</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>{layer} gave no imagery here: check the connection and the extent, then run it again.</source>
        <translation>{layer} no dio ninguna imagen aquí: compruebe la conexión y la extensión, y vuelva a ejecutarlo.</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>{missing} of {count} map tiles or pictures do not exist on the server.</source>
        <translation>{missing} de {count} teselas o imágenes no existen en el servidor.</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>{share} % of the imagery is empty: the layer has no pixels there. No dwelling is found there; look at the layer, and run it again if there should be some.</source>
        <translation>El {share} % de las imágenes está vacío: la capa no tiene píxeles allí. Allí no se encuentra ninguna vivienda; mire la capa y ejecútelo de nuevo si debería haber alguna.</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>QGIS does not say why some of the imagery is missing: it may not exist, or the server refused it. Look at the log messages, tab WMS.</source>
        <translation>QGIS no dice por qué falta parte de las imágenes: puede que no existan o que el servidor las haya denegado. Mire los mensajes de registro, pestaña WMS.</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>the layer {name}</source>
        <translation>la capa {name}</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>{layer} would have {width} x {height} pixels: choose an extent that holds the camp.</source>
        <translation>{layer} tendría {width} x {height} píxeles: elija una extensión que contenga el campamento.</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>The value {x} is no image, as the layer says.</source>
        <translation>El valor {x} no es imagen, como dice la capa.</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>{name} cannot be opened ({reason}): load the layer again.</source>
        <translation>{name} no se puede abrir ({reason}): cargue la capa de nuevo.</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>appeared</source>
        <translation>apareció</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>vanished</source>
        <translation>desapareció</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>changed (split, merged or enlarged)</source>
        <translation>cambió (dividida, unida o ampliada)</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>unchanged</source>
        <translation>sin cambios</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>background</source>
        <translation>fondo</translation>
    </message>
    <message>
        <location filename="../tiles/store.py"/>
        <source>a map tile is no picture, or damaged</source>
        <translation>una tesela no es una imagen o está dañada</translation>
    </message>
    <message>
        <location filename="../tiles/store.py"/>
        <source>The layer's tiles do not have {side} pixels a side, as it says, and were resampled: set the resolution of the tiles in the layer's connection.</source>
        <translation>Las teselas de la capa no tienen {side} píxeles de lado, como indica, y se remuestrearon: ajuste la resolución de las teselas en la conexión de la capa.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>{server} did not give the imagery ({reason}): try again later, or with a smaller extent.</source>
        <translation>{server} no entregó las imágenes ({reason}): inténtelo más tarde, o con una extensión menor.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>The server</source>
        <translation>El servidor</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>The certificate of {server} cannot be trusted ({reason}): check the address and the clock of this computer.</source>
        <translation>El certificado de {server} no es de confianza ({reason}): compruebe la dirección y el reloj de este equipo.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>{server} refuses access ({reason}): the layer needs a valid key or log-in, or the imagery is not open to you.</source>
        <translation>{server} deniega el acceso ({reason}): la capa necesita una clave o un inicio de sesión válidos, o las imágenes no están abiertas para usted.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>{server} sends {kind} in place of imagery: look with a browser whether its address is right, or a key or a log-in is missing.</source>
        <translation>{server} envía {kind} en lugar de imágenes: compruebe con un navegador si la dirección es correcta o si falta una clave o un inicio de sesión.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>it did not answer in time</source>
        <translation>no respondió a tiempo</translation>
    </message>
    <message>
        <location filename="../web/exchange.py"/>
        <source>it is larger than {limit} MiB</source>
        <translation>supera los {limit} MiB</translation>
    </message>
    <message>
        <location filename="../web/exchange.py"/>
        <source>it leads elsewhere</source>
        <translation>lleva a otro lugar</translation>
    </message>
    <message>
        <location filename="../words.py"/>
        <source>Polygons larger than {most} m², which hardly any dwelling is: {count}. Look there first: borders and holes of one colour that the layer does not call nodata are taken for roofs; give that colour as {nodata}, or as the layer's additional no data value, to leave them out.</source>
        <translation>Polígonos de más de {most} m², tamaño que casi ninguna vivienda alcanza: {count}. Mírelos primero: los bordes y huecos de un solo color que la capa no declara sin datos se toman por techos; indique ese color como {nodata}, o como valor sin datos adicional de la capa, para excluirlos.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>are told apart</source>
        <translation>se distinguen</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>are taken for one dwelling</source>
        <translation>se toman por una sola vivienda</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>{gsd} m a pixel; other imagery is resampled</source>
        <translation>{gsd} m por píxel; las demás imágenes se remuestrean</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Classes</source>
        <translation>Clases</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Bands, in this order</source>
        <translation>Bandas, en este orden</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Resolution</source>
        <translation>Resolución</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Tiles, overlap</source>
        <translation>Teselas, solape</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Smallest dwelling</source>
        <translation>Vivienda más pequeña</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Touching dwellings</source>
        <translation>Viviendas contiguas</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Imagery</source>
        <translation>Imágenes</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Imagery from above: a raster file or layer, also WMS, XYZ tiles and virtual layers. It needs the bands that the model names, and pixels about as large as those that the model was trained on; others are resampled.</source>
        <translation>Imágenes tomadas desde arriba: un archivo o una capa ráster, también WMS, teselas XYZ y capas virtuales. Necesitan las bandas que el modelo nombra y píxeles de tamaño parecido a los de su entrenamiento; las demás se remuestrean.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Probability raster</source>
        <translation>Ráster de probabilidad</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Class raster</source>
        <translation>Ráster de clases</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Extent</source>
        <translation>Extensión</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>The part of the raster to work on.</source>
        <translation>La parte del ráster que se procesa.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Pixels whose centre lies in no polygon are taken as missing.</source>
        <translation>Los píxeles cuyo centro no está en ningún polígono se toman por ausentes.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Probability from which a pixel is dwelling: lower marks more ground and lets neighbours grow together, higher marks less.</source>
        <translation>Probabilidad a partir de la cual un píxel es vivienda: más baja marca más terreno y deja que las vecinas se junten; más alta marca menos.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>the model's</source>
        <translation>el valor del modelo</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Minimum area</source>
        <translation>Superficie mínima</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Smallest dwelling in square metres; smaller ones are left out.</source>
        <translation>Vivienda más pequeña en metros cuadrados; las menores se omiten.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Tile size</source>
        <translation>Tamaño de tesela</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Side of the tiles that the model sees, a multiple of its step (usually 32). Larger ones need more memory.</source>
        <translation>Lado de las teselas que ve el modelo, múltiplo de su paso (normalmente 32). Las mayores necesitan más memoria.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>up to the model's, as fits the imagery best</source>
        <translation>como mucho el del modelo, según lo que mejor convenga a las imágenes</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Tile overlap</source>
        <translation>Solape de teselas</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Pixels that neighbouring tiles share, less than half of a tile.</source>
        <translation>Píxeles que comparten teselas vecinas, menos de la mitad de una tesela.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Straighten outlines by</source>
        <translation>Enderezar contornos</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Straighten outlines by at most this; 0 keeps every pixel edge.</source>
        <translation>Enderezar los contornos como máximo esta distancia; 0 conserva cada borde de píxel.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>one pixel</source>
        <translation>un píxel</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Square corners</source>
        <translation>Esquinas rectas</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Make nearly rectangular outlines rectangles.</source>
        <translation>Convertir en rectángulos los contornos casi rectangulares.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Separate dwellings that touch</source>
        <translation>Separar viviendas que se tocan</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Separate dwellings that touch, at no cost in time; else each connected patch is one dwelling.</source>
        <translation>Separar las viviendas que se tocan, sin coste de tiempo; si no, cada mancha conexa es una vivienda.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Average over flips and turns</source>
        <translation>Promediar reflexiones y giros</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Average the answers to the 8 flips and turns of each tile (4 where tiles are not square). Takes 8 times as long, for outlines that are a little truer.</source>
        <translation>Promediar las respuestas a las 8 reflexiones y giros de cada tesela (4 si no son cuadradas). Tarda 8 veces más, con contornos algo más fieles.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Bands</source>
        <translation>Bandas</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Bands of the raster in the order of the model's, e.g. 3,2,1.</source>
        <translation>Bandas del ráster en el orden de las del modelo, p. ej. 3,2,1.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>by name or colour, else those that the map shows, else the first ones</source>
        <translation>por nombre o color, si no las que muestra el mapa, si no las primeras</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Stretch</source>
        <translation>Estiramiento</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Raw values that become black and white.</source>
        <translation>Valores originales que pasan a ser negro y blanco.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>percentile or LOW,HIGH with LOW below HIGH</source>
        <translation>percentile o MÍNIMO,MÁXIMO con MÍNIMO menor que MÁXIMO</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>the 2nd and 98th percentile of the whole raster</source>
        <translation>los percentiles 2 y 98 de todo el ráster</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>none for the dtype of the model, else percentile</source>
        <translation>ninguno con el tipo de datos del modelo, si no percentile</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>NoData value</source>
        <translation>Valor NoData</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Raw value of pixels without image, e.g. 255 for white borders.</source>
        <translation>Valor original de los píxeles sin imagen, p. ej. 255 con bordes blancos.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>what the raster says, and the layer's additional no data value</source>
        <translation>lo que indica el ráster, y el valor adicional sin datos de la capa</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Metres a pixel to work at.</source>
        <translation>Metros por píxel con los que se trabaja.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>the raster's own within 10 % of the model's, else the model's</source>
        <translation>la del ráster si difiere hasta un 10 % de la del modelo, si no la del modelo</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Let the imagery read files outside of its folder</source>
        <translation>Permitir que la imagen lea archivos fuera de su carpeta</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Let virtual rasters and the like read files outside of their folder and servers; only for files that you trust.</source>
        <translation>Permitir que los rásteres virtuales y similares lean archivos fuera de su carpeta y servidores; solo con archivos de confianza.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Device</source>
        <translation>Dispositivo</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>What runs the model.</source>
        <translation>Lo que ejecuta el modelo.</translation>
    </message>
</context>
</TS>
